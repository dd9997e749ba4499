"""Names, words and numbers made up from a seed: the same seed, the same ones. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

One = TypeVar("One")

_WORDS = {
    kind: tuple(words.split("|"))
    for kind, _, words in (
        line.partition(": ") for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    )
}
GIVEN, FAMILY, NOUNS, DEEDS = (_WORDS[kind] for kind in ("given", "family", "nouns", "deeds"))
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Dice:
    """Throws that hang on the seed alone, each taken from its own hash: quicker to set up than `random.Random`."""

    def __init__(self, *seed: object) -> None:
        self._seed = " ".join(map(str, seed)).encode()
        self._thrown = 0
        self._left = 0
        self._pool = b""

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, and without, `limit` (at most 2**32)."""
        if self._left < 4:
            self._pool = hashlib.blake2b(self._seed + b"#%d" % self._thrown).digest()
            self._thrown += 1
            self._left = len(self._pool)
        self._left -= 4
        return int.from_bytes(self._pool[self._left : self._left + 4]) * limit >> 32

    def between(self, least: int, most: int) -> int:
        return least + self.below(most - least + 1)

    def share(self) -> float:
        """A number from 0 up to, and without, 1."""
        return self.below(2**32) / 2**32

    def hits(self, share: float) -> bool:
        """True in so large a share of throws."""
        return self.share() < share

    def one(self, things: Sequence[One]) -> One:
        return things[self.below(len(things))]

    def some(self, things: Sequence[One], number: int) -> list[One]:
        """So many different ones, in the order of throwing, or all."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(min(number, len(left)))]

    def signs(self, number: int) -> str:
        return "".join(SIGNS[self.below(len(SIGNS))] for _ in range(number))


def name(*seed: object) -> str:
    """Somebody's name."""
    dice = Dice("name", *seed)
    second = f" {dice.one(GIVEN)}" if dice.hits(0.06) else ""
    double = f"-{dice.one(FAMILY)}" if dice.hits(0.04) else ""
    return f"{dice.one(GIVEN)}{second} {dice.one(FAMILY)}{double}"


def sentence(dice: Dice) -> str:
    """What a story may be about."""
    words = (dice.one(NOUNS), dice.one(DEEDS), dice.one(NOUNS), dice.one(NOUNS))
    return "A {} {} the {} of a {}.".format(*words)


def sentences(dice: Dice, least: int, most: int) -> str:
    return " ".join(sentence(dice) for _ in range(dice.between(least, most)))
