"""Words → numbers, in memory: how the stand-ins find titles."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from adaptapedia.kit.text import fold

Number = TypeVar("Number", int, str)

_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile("['’ʼ`]")
SHORTEST_BEGINNING = 4
"""Of a last word this long its beginning is enough, as when somebody is still typing."""
BEGINNINGS = 200
"""Words that one beginning stands for, at most."""


def words_of(text: str) -> list[str]:
    """What a title is found by: its words without case and accents, `&` as it is read, no apostrophes."""
    return _WORD.findall(fold(_APOSTROPHES.sub("", text)).replace("&", " and "))


class Index(Generic[Number]):
    """Names in folded words. A name is found by all its words, or by some of them, in any order."""

    def __init__(self) -> None:
        self._names: dict[Number, tuple[str, ...]] = {}
        self._by_word: dict[str, set[Number]] = {}
        self._sorted: list[str] = []

    def put(self, number: Number, names: Iterable[str]) -> None:
        """What `number` is found by from now on."""
        if number in self._names:
            self.remove(number)
        folded = tuple(" ".join(words_of(name)) for name in names)
        self._names[number] = folded
        for word in {word for name in folded for word in name.split()}:
            self._by_word.setdefault(word, set()).add(number)
        self._sorted = []

    def remove(self, number: Number) -> None:
        for word in {word for name in self._names.pop(number) for word in name.split()}:
            self._by_word[word].discard(number)

    def search(self, query: str) -> Iterator[tuple[Number, int]]:
        """Numbers with a name that has every word of the query: 2 where it is the whole name, 1 where it begins
        with the query, else 0."""
        asked = words_of(query)
        if not asked:
            return
        whole = " ".join(asked)
        for number in self._candidates(asked):
            ranks = [rank for name in self._names[number] if (rank := _rank(name, whole, asked)) is not None]
            if ranks:
                yield number, max(ranks)

    def _candidates(self, asked: list[str]) -> set[Number]:
        *others, last = asked
        sets = sorted((self._by_word.get(word, set()) for word in others), key=len)
        found = self._beginning_with(last)
        for more in sets:
            found = found & more
        return found

    def _beginning_with(self, word: str) -> set[Number]:
        exact = self._by_word.get(word, set())
        if len(word) < SHORTEST_BEGINNING:
            return exact
        if not self._sorted:
            self._sorted = sorted(self._by_word)
        start = bisect_left(self._sorted, word)
        more = (one for one in self._sorted[start : start + BEGINNINGS] if one.startswith(word))
        return exact.union(*(self._by_word[one] for one in more))


def _rank(name: str, whole: str, asked: list[str]) -> int | None:
    if name == whole:
        return 2
    if name.startswith(whole + " "):
        return 1
    words, (*others, last) = name.split(), asked
    if not all(word in words for word in others):
        return None
    may_be_longer = len(last) >= SHORTEST_BEGINNING
    return 0 if last in words or (may_be_longer and any(word.startswith(last) for word in words)) else None
