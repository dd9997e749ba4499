"""Whether two lists of names have somebody in common. Pure."""

import re
from collections.abc import Iterable
from enum import StrEnum

from rapidfuzz import fuzz

from adaptapedia.kit.text import fold, transliterate

_WORD = re.compile(r"\w+")
SAME_NAME = 88.0
"""Of 100, by rapidfuzz on sorted words: what another transliteration or a slip leaves."""


class Known(StrEnum):
    """Whether somebody is in both lists."""

    SAME = "same"
    FAMILY_NAME = "family_name"
    """A family name stands in both, with another given name."""
    OTHERS = "others"
    UNKNOWN = "unknown"
    """One of the lists is empty."""


def in_common(ours: Iterable[str], theirs: Iterable[str]) -> Known:
    """Somebody whose name stands in both lists, in any order of its words and any script, initials included."""
    named, others = [_words(name) for name in ours if name], [_words(name) for name in theirs if name]
    if not named or not others:
        return Known.UNKNOWN
    pairs = [(one, other) for one in named for other in others]
    if any(_is_same(one, other) for one, other in pairs):
        return Known.SAME
    return Known.FAMILY_NAME if any(one[-1:] == other[-1:] for one, other in pairs) else Known.OTHERS


def _words(name: str) -> list[str]:
    return _WORD.findall(transliterate(fold(name)))


def _is_same(one: list[str], other: list[str]) -> bool:
    if fuzz.ratio(" ".join(sorted(one)), " ".join(sorted(other))) >= SAME_NAME:
        return True
    if not one or not other or one[-1] != other[-1] or len(one) < 2 or len(other) < 2:
        return False
    return one[0] == other[0] or (one[0][0] == other[0][0] and 1 in (len(one[0]), len(other[0])))
