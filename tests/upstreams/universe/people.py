"""Who made it: names where Wikidata's side has none, and how TMDb writes them."""

from __future__ import annotations

from tests.upstreams import invented
from tests.upstreams.catalogue import Person
from tests.upstreams.invented import Dice
from tests.upstreams.universe.numbers import Numbers
from tests.upstreams.universe.spelling import without_accents


class People:
    """Everybody in the credits. An item's name is its label, else made up and the same on both sides."""

    def __init__(self, labels: dict[int, str], *, seed: int) -> None:
        self._labels = labels
        self._seed = seed
        self._numbers = Numbers("people", seed, 200_000, 3_999_999)

    def name(self, qid: int) -> str:
        """As Wikidata's side has it."""
        return self._labels.get(qid) or invented.name("item", self._seed, qid)

    def of_item(self, qid: int) -> Person:
        """As TMDb has it: now and then without accents or with a middle name more."""
        return self._numbers.of(qid), self._as_tmdb_writes(qid, self.name(qid))

    def stranger(self, *of: object) -> Person:
        """Somebody whom Wikidata does not know."""
        return self._numbers.of(of), invented.name("stranger", self._seed, *of)

    def _as_tmdb_writes(self, qid: int, name: str) -> str:
        dice = Dice("written", self._seed, qid)
        given, _, rest = name.partition(" ")
        if dice.hits(0.03) and rest:
            return f"{given} {dice.one(invented.FAMILY)[0]}. {rest}"
        return without_accents(name) if dice.hits(0.10) else name
