"""How alike two titles are. Numbers are never blurred: "Part I" is "Part 1" and is not "Part 2". Pure."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from adaptapedia.kit.text import ARTICLES, fold, transliterate

_APOSTROPHES = re.compile("['’ʼ‘`´]")
_WORD = re.compile(r"\w+")
_SUBTITLE = re.compile(r"\s*(?::|\s[-–—]\s|;|\s\(|,? or,? )")
_ARTICLE_WORDS = frozenset(
    word.rstrip("'") for words in ARTICLES.values() for word in words.split("|") if not word.startswith("'")
)
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13}
_ROMAN_AFTER_A_WORD = {"i": 1, "v": 5, "x": 10}
"""Letters that are numbers at the end of a title or after one of `_COUNTED`, and else are words."""
_COUNTED = {
    *("part", "parts", "pt", "vol", "volume", "chapter", "episode", "book", "season", "series", "no", "number"),
    *("teil", "kapitel", "partie", "tome", "parte", "capitulo", "del", "osa"),
}
_LONG = {"vol": "volume", "pt": "part", "st": "saint", "dr": "doctor", "mr": "mister", "mrs": "missus", "vs": "versus"}
"""Words that are written short or long as anybody likes."""
_SPELT = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
NEARLY, LIKE = 92.0, 80.0
"""Of 100, by rapidfuzz: as a slip or another transliteration leaves two titles, and as one word more does."""


class Likeness(StrEnum):
    """How alike two titles are, the most alike first."""

    SAME = "same"
    SAME_WORDS = "same_words"
    """Articles, signs and spaces apart."""
    NEARLY = "nearly"
    BEGINNING = "beginning"
    """One of them has a subtitle that the other lacks."""
    LIKE = "like"
    OTHER_NUMBER = "other_number"
    """Alike but for a number: another part, or a sequel."""
    UNLIKE = "unlike"


_ORDER = {likeness: place for place, likeness in enumerate(Likeness)}


def likeness(ours: Iterable[str], theirs: Iterable[str]) -> Likeness:
    """The best that any two of the titles come to."""
    found = (compared(one, other) for one in ours for other in theirs if one and other)
    return min(found, key=_ORDER.__getitem__, default=Likeness.UNLIKE)


@lru_cache(maxsize=4_096)
def compared(one: str, other: str) -> Likeness:
    """How alike two titles are. Both are in any script; another script's title is compared as it sounds."""
    ours, theirs = words_of(one), words_of(other)
    if ours == theirs:
        return Likeness.SAME
    alike = _alike(ours, theirs)
    if alike is Likeness.UNLIKE and one.isascii() != other.isascii():
        ours, theirs = words_of(transliterate(one)), words_of(transliterate(other))
        alike = _alike(ours, theirs)
    return alike if alike is Likeness.UNLIKE or numbers_of(ours) == numbers_of(theirs) else Likeness.OTHER_NUMBER


def words_of(title: str) -> tuple[str, ...]:
    """A title's words, folded; "&" is "and", and its numbers are digits however they are written."""
    words = _WORD.findall(fold(_APOSTROPHES.sub("", title.replace("&", " and "))))
    return tuple(_as_number(words, place) for place in range(len(words)))


def core(title: str) -> str:
    """The words of a title that anybody writes alike, to search by: no numbers, "and" or "Mr.", and none that counts.

    The whole title where nothing else is in it.
    """
    words = _WORD.findall(_APOSTROPHES.sub("", title))
    folded = [fold(word) for word in words]
    anyhow = {"and", *_COUNTED, *_LONG, *_LONG.values()}
    kept = [
        word
        for place, word in enumerate(words)
        if folded[place] not in anyhow and not _as_number(folded, place).isdecimal()
    ]
    return " ".join(kept) or title


def holds(title: str, query: str) -> bool:
    """Whether every word of the query stands in the title."""
    return set(words_of(query)) <= set(words_of(title))


def numbers_of(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lstrip("0") or "0" for word in words if word.isdecimal())


def main_part(title: str) -> str:
    """A title without its subtitle and what stands in brackets; the whole where that is all there is."""
    return _SUBTITLE.split(title, maxsplit=1)[0].strip() or title


def _alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Likeness:
    bare, other_bare = _bare(ours), _bare(theirs)
    if bare == other_bare:
        return Likeness.SAME_WORDS
    ratio = fuzz.ratio(bare, other_bare)
    if ratio >= NEARLY:
        return Likeness.NEARLY
    shorter, longer = sorted((ours, theirs), key=len)
    if longer[: len(shorter)] == shorter and len("".join(shorter)) >= 4:
        return Likeness.BEGINNING
    return Likeness.LIKE if ratio >= LIKE else Likeness.UNLIKE


def _bare(words: tuple[str, ...]) -> str:
    """Without articles and spaces; the whole where there is nothing else."""
    return "".join(word for word in words if word not in _ARTICLE_WORDS) or "".join(words)


def _as_number(words: list[str], place: int) -> str:
    word = words[place]
    if word in _ROMAN and place:
        return str(_ROMAN[word])
    before = words[place - 1] if place else ""
    if word in _ROMAN_AFTER_A_WORD and (before in _COUNTED or (place and place == len(words) - 1)):
        return str(_ROMAN_AFTER_A_WORD[word])
    if word in _SPELT and before in _COUNTED:
        return str(_SPELT[word])
    return _LONG.get(word, word)
