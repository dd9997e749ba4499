"""Which user names are taken in: ones that nobody can mistake for another, or for the house."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST = 3
LONGEST = 40

RESERVED = frozenset(
    """
    about account accounts adaptapedia admin administrator api anonymous app browse bot catalogue compare
    contact data editor everybody feeds help info legal mail me moderator nobody none null official operator ops
    owner password postmaster press privacy robot root security self settings staff statistics status support
    system undefined user users webmaster wikidata www you
    """.split()  # noqa: SIM905 - as words they can be read
)
"""Names that would speak for the house, or that a program may take for something else."""

SEPARATORS = ".-_"
EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
"""Scripts that are written together."""

LATIN_LOOKALIKES = frozenset("аеорсухіјѕһԁԛԝвкмнт" + "αινοκρτυχ")
"""Cyrillic and Greek letters, in small, that are read as Latin ones."""


def permitted_name(name: str) -> None:
    """Raises ValidationError, with a sentence, for a name that nobody may have."""
    for fault in (_shape, _script, _reserved):
        fault(name)


def _shape(name: str) -> None:
    if not SHORTEST <= len(name) <= LONGEST:
        raise ValidationError(
            _("A user name has between %(shortest)s and %(longest)s characters."),
            params={"shortest": SHORTEST, "longest": LONGEST},
            code="length",
        )
    if unicodedata.normalize("NFKC", name) != name or not all(map(_belongs, name)):
        raise ValidationError(
            _("A user name is made of letters, digits, points, hyphens and underscores."), code="characters"
        )
    if name[0] in SEPARATORS or name[-1] in SEPARATORS or re.search(r"[.\-_]{2}", name):
        raise ValidationError(
            _("Points, hyphens and underscores stand one at a time between letters or digits."), code="separators"
        )


def _belongs(sign: str) -> bool:
    return sign in SEPARATORS or unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lo", "Mn", "Mc", "Nd"}


def _script(name: str) -> None:
    """One script in one name, so that no letter poses as that of another; no name of lookalikes alone."""
    letters = [letter for letter in name if unicodedata.category(letter).startswith("L")]
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    if len(scripts) > 1 and not scripts <= EAST_ASIAN:
        raise ValidationError(_("A user name keeps to the letters of one script."), code="scripts")
    digits = {unicodedata.name(digit, "?").split()[0] for digit in name if digit.isdigit()}
    if len(digits) > 1:
        raise ValidationError(_("A user name keeps to the digits of one script."), code="digits")
    if letters and scripts <= {"CYRILLIC", "GREEK"} and LATIN_LOOKALIKES.issuperset("".join(letters).lower()):
        raise ValidationError(
            _("Every letter of this name can be mistaken for a Latin one. Use another name."), code="lookalike"
        )


def _reserved(name: str) -> None:
    bare = name.lower()
    for separator in SEPARATORS:
        bare = bare.replace(separator, "")
    if bare.rstrip("0123456789") in RESERVED or bare.startswith("adaptapedia"):
        raise ValidationError(_("This name is kept for the house. Use another name."), code="reserved")


VALIDATORS = [permitted_name]
"""What settings.ACCOUNT_USERNAME_VALIDATORS names."""
