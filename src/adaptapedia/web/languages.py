"""Languages as people call them, and texts as their language has them."""

import unicodedata

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

NAMELESS = frozenset({"", "und", "mul", "mis", "zxx"})
"""Tags that name no language (BCP 47, and Wikidata's default values)."""

_RIGHT_TO_LEFT = frozenset({"R", "AL"})

NAMES: dict[str, str | Promise] = {
    "am": _("Amharic"),
    "arc": _("Aramaic"),
    "ceb": _("Cebuano"),
    "fil": _("Filipino"),
    "fro": _("Old French"),
    "gmh": _("Middle High German"),
    "grc": _("Ancient Greek"),
    "gu": _("Gujarati"),
    "ku": _("Kurdish"),
    "la": _("Latin"),
    "lzh": _("Classical Chinese"),
    "mg": _("Malagasy"),
    "mi": _("Maori"),
    "mt": _("Maltese"),
    "nan": _("Southern Min"),
    "non": _("Old Norse"),
    "oc": _("Occitan"),
    "ps": _("Pashto"),
    "qu": _("Quechua"),
    "sa": _("Sanskrit"),
    "sh": _("Serbo-Croatian"),
    "si": _("Sinhala"),
    "so": _("Somali"),
    "tl": _("Tagalog"),
    "yi": _("Yiddish"),
    "yo": _("Yoruba"),
    "yue": _("Cantonese"),
    "zh": _("Chinese"),
    "zu": _("Zulu"),
}
"""Those that Django has no name for."""


def language_name(tag: str) -> str:
    """What a BCP 47 tag is called; its language alone where the variety has no name, the tag where nothing has."""
    for code in (tag.lower(), tag.lower().partition("-")[0]):
        if code in NAMELESS:
            return ""
        if code in NAMES:
            return str(NAMES[code])
        try:
            return str(get_language_info(code)["name_translated"])
        except KeyError:
            continue
    return tag


def in_language(text: str, tag: str) -> SafeString:
    """A title or name as an element that says its language and runs its own way, whatever stands around it."""
    way = "rtl" if reads_right_to_left(text) else "ltr"
    if tag in NAMELESS:
        return format_html('<bdi dir="{}">{}</bdi>', way, text)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', tag, way, text)


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs to the left."""
    if text.isascii():
        return False
    strong = (way for way in map(unicodedata.bidirectional, text) if way in _RIGHT_TO_LEFT or way == "L")
    return next(strong, "L") in _RIGHT_TO_LEFT
