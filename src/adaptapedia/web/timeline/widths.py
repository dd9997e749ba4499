"""How wide a text will be, before any browser has seen it.

Latin letters are measured in Archivo at 75 % width and weight 600, rounded up. Other scripts come from
whatever font the reader has, so theirs are what the widest common fonts take.
"""

import unicodedata
from functools import cache

_MEASURED = {
    0.16: " \xa0",
    0.22: "ijl|`'ı",
    0.24: "I",
    0.27: "ft.,:;!¡·",
    0.29: "r-/\\",
    0.38: '()[]{}"‘’“”–°',
    0.41: "vyz_*",
    0.46: "acegksxLJ$¢µ§€¿?",
    0.48: "bdhnopquF0123456789«»þðŋ£•†",
    0.52: "SZTE#ßłđħ",
    0.57: "ABCKPRUVXYÞ+<=>^~×÷±¥Ł",
    0.62: "DGHNOQwÐØĐĦøŊ&©®",
    0.74: "mMæ…œ½¼¾—",
    0.8: "W%@Æ™",
    0.95: "Œ",
}
_LATIN = {sign: em for em, signs in _MEASURED.items() for sign in signs}
_BROAD = frozenset("ЖМФШЩЫЮЉЊжмфшщыюљњѢΜΩωسشصضسشﻼ‰ⅧⅦǱǲǳǄǅǆ")
_COLOSSAL = {"﷽": 10.0, "﷼": 3.0, "⸺": 2.1, "⸻": 3.1, "‱": 1.8, "⎲": 1.5, "⎳": 1.5}
_WITHOUT_WIDTH = frozenset({"Mn", "Me", "Cf", "Cc"})
_MARGIN = 1.02  # kerning, and what browsers make of fractions
ELLIPSIS = "…"


def text_width(text: str, *, size: float) -> float:
    """At most this many units at a font size of `size`."""
    return sum(map(_em, text)) * size * _MARGIN


def shortened(text: str, *, size: float, width: float) -> str:
    """`text`, or as much of its beginning as fits into `width` with an ellipsis behind it."""
    if text_width(text, size=size) <= width:
        return text
    room = width / (size * _MARGIN) - _em(ELLIPSIS)
    used, end = 0.0, 0
    for end, sign in enumerate(text):  # noqa: B007 - where it stopped is what counts
        used += _em(sign)
        if used > room:
            break
    return _whole(text[:end]) + ELLIPSIS


def _whole(text: str) -> str:
    """Without spaces, joiners and opening signs at the end, which would stand there for nothing."""
    while text and (text[-1].isspace() or text[-1] in "\u200d,;:-–(“‘" or unicodedata.category(text[-1]) == "Ps"):
        text = text[:-1]
    return text


@cache
def _em(sign: str) -> float:
    found = _LATIN.get(sign) or _COLOSSAL.get(sign)
    if found is not None:
        return found
    if unicodedata.category(sign) in _WITHOUT_WIDTH:
        return 0.6 if "\u0900" <= sign <= "\u109f" else 0.0  # without an Indic font each sign is a box of its own
    base = unicodedata.normalize("NFD", sign)[0]
    if base != sign and base in _LATIN:
        return _LATIN[base]
    return 1.28 if sign in _BROAD else _em_of_script(sign)


def _em_of_script(sign: str) -> float:
    point = ord(sign)
    if 0x12000 <= point <= 0x1254F:  # cuneiform
        return 2.2
    if point >= 0x1F000 or 0x2190 <= point <= 0x2BFF:  # pictures, arrows
        return 1.4
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.05
    if 0x590 <= point <= 0x5FF:  # Hebrew
        return 0.75
    if 0x600 <= point <= 0x6FF:  # Arabic, joined
        return 0.8
    if 0x370 <= point <= 0x52F:  # Greek, Cyrillic
        return 1.0 if sign.isupper() else 0.8
    return 1.1
