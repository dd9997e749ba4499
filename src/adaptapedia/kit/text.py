"""Words of any script: cleaned, folded for search, keyed for sorting, made into addresses.

Everything here is pure and fails on no text. Nearly all titles are plain ASCII, so each function
has a short way for them.
"""

import re
import unicodedata

from anyascii import anyascii

SLUG_LENGTH = 80
SORT_KEY_LENGTH = 200

ARTICLES = {
    "en": "the|an|a",
    "fr": "les|le|la|une|un|l'",
    "de": "der|die|das|ein|eine",
    "es": "los|las|el|la|unos|unas|una|un",
    "it": "gli|il|lo|la|le|i|uno|una|un|l'|un'",
    "pt": "os|as|o|a|um|uma",
    "nl": "de|het|een|'t",
    "ca": "els|les|el|la|un|una|l'",
    "sv": "den|det|en|ett",
    "da": "den|det|en|et",
    "nb": "den|det|en|et|ei",
    "hu": "az|a|egy",
}
"""What a title's sorting leaves out at its beginning, by language."""

_ARTICLE = {
    language: re.compile(
        "(?:" + "|".join(word if word.endswith("'") else rf"{word}\s" for word in words.split("|")) + r")\s*(?=\S)"
    )
    for language, words in ARTICLES.items()
}
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_WORD = re.compile(r"[a-z0-9]+")
_LEADING_SIGNS = re.compile(r"[^a-z0-9]+")
_LAST_LATIN = "\u024f"
_ABOVE_ACCENTS = 9  # combining classes up to 9 are vowel killers, nuktas and voicing marks: letters, not accents


def clean(text: str) -> str:
    """`text` as it may be stored: NFC, one space between words, no NUL, control character or lone surrogate.

    Marks of direction and joiners stay: right-to-left titles and emoji need them. A text in which
    nothing can be seen becomes empty.
    """
    if _PLAIN.fullmatch(text):
        return text
    words = "".join(map(_kept, text)).split()
    composed = " ".join(unicodedata.normalize("NFC", " ".join(words)).split())
    return composed if any(unicodedata.category(sign) not in {"Cf", "Zs"} for sign in composed) else ""


def fold(text: str) -> str:
    """The form in which `text` is searched: without case and accents, Latin letters as ASCII (æ as ae).

    Other scripts stay in their own letters; `transliterate` gives the Latin ones.
    """
    if text.isascii():
        return text.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not _is_accent(sign))
    folded = unicodedata.normalize("NFC", bare).casefold()
    return "".join(_latin_as_ascii(sign) for sign in folded).lower()


def transliterate(text: str) -> str:
    """`text` in lower-case ASCII, whatever its script: "Анна" is "anna"."""
    return (text if text.isascii() else anyascii(text)).lower()


def sort_key(title: str, language: str | None) -> str:
    """By what a title is sorted: transliterated, in lower case, without the article of its language.

    Signs at the beginning do not count. At most 200 characters, never empty unless the title is.
    """
    key = transliterate(title)
    words = _without_leading_signs(key) or key
    article = _ARTICLE.get((language or "").partition("-")[0].lower())
    rest = words[_end(article, words) :] if article else words
    rest = _without_leading_signs(rest) or words
    return (rest.strip() or fold(title).strip() or title)[:SORT_KEY_LENGTH].rstrip()


def slugify(text: str) -> str:
    """A part of an address: a–z, 0–9 and single hyphens, at most 80 characters, cut between words.

    Empty where the text has neither letters nor digits.
    """
    slug = "-".join(_WORD.findall(transliterate(text).replace("'", "")))
    if len(slug) <= SLUG_LENGTH:
        return slug
    whole, _, _ = slug[: SLUG_LENGTH + 1].rpartition("-")
    return whole or slug[:SLUG_LENGTH]


def _without_leading_signs(words: str) -> str:
    return words if words[:1].isalnum() else words[_end(_LEADING_SIGNS, words) :]


def _kept(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in {"Cc", "Cs"} or sign == "\ufeff" else sign


def _is_accent(sign: str) -> bool:
    return unicodedata.combining(sign) > _ABOVE_ACCENTS


def _latin_as_ascii(sign: str) -> str:
    return anyascii(sign) if "\x7f" < sign <= _LAST_LATIN else sign


def _end(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
