"""A graph of any size as a sweep reads it, drawn with a seed: nothing of it is kept, every item is made when asked for.

In the proportions of the real one (`benchmarks/proportions.py`): sources a film, films a source, titles and years
that are the same, apart or missing, authors by item and by name, directors, genres, countries, ids. How many sources a
film has and films a source come from decks: drawn in turn, so that every few thousand pairs have them exactly.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import accumulate, count
from math import gcd
from typing import Concatenate, ParamSpec, TypeVar

from adaptapedia.sources.wikidata.records import Changes, ClassEdge, Edge, Item, Slice, Text
from benchmarks.pairs import OTHER_WORDS, PEOPLE, SCREENS, WORDS
from benchmarks.proportions import LAB, proportions

FILM, NOVEL, HUMAN = 11424, 8261, 5
AUDIOVISUAL_WORK, LITERARY_WORK = 2431196, 7725634
CHANGED_EVERY = 100
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)

P = ParamSpec("P")
R = TypeVar("R")


def _timed(method: Callable[Concatenate[Graph, P], R]) -> Callable[Concatenate[Graph, P], R]:
    @wraps(method)
    def timed(self: Graph, *args: P.args, **kwargs: P.kwargs) -> R:
        began = time.perf_counter()
        try:
            return method(self, *args, **kwargs)
        finally:
            self.seconds += time.perf_counter() - began

    return timed


class Graph:
    """A `Reader` that answers from nothing but numbers. `seconds` is what it took itself, to be left out of figures.

    After `change`, one item in a hundred has another year and a later date of change.
    """

    def __init__(self, pairs: int, *, seed: int = 1) -> None:
        self._of, self._seed = proportions(), seed
        self._decks = {name: self._of.deck(name, seed=seed) for name in self._of.names}
        self._before = [0, *accumulate(self._decks["sources_a_film"])]
        self._slots = _slots(self._decks["films_a_source"], seed=seed)
        self._screens = self._screens_of(pairs)
        self._pairs = self._edges_before(self._screens)
        self._works = self._works_of(self._pairs)
        self._step = next(step for step in count(self._pairs * 5 // 8) if gcd(step, self._pairs) == 1)
        self._authors = max(1, int(pairs * self._of.share("authors_of_pairs")))
        self._directors = max(1, int(pairs * self._of.share("directors_of_pairs")))
        self._changed_at: datetime | None = None
        self.seconds = 0.0

    def change(self) -> None:
        self._changed_at = datetime.now(UTC) + timedelta(minutes=1)

    def class_edges(self) -> Sequence[ClassEdge]:
        return [ClassEdge(FILM, AUDIOVISUAL_WORK), ClassEdge(NOVEL, LITERARY_WORK)]

    def edge_count(self) -> int:
        return self._pairs

    @_timed
    def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice:
        first = 0 if cursor is None else cursor.subject - SCREENS
        edges = [edge for n in range(first, min(first + limit + 1, self._screens)) for edge in self._edges_of(n)]
        later = [edge for edge in edges if cursor is None or edge > cursor]
        remaining = self._pairs - self._edges_before(first) - (len(edges) - len(later))
        return Slice(tuple(later[:limit]), remaining)

    @_timed
    def items(self, qids: Sequence[int]) -> Sequence[Item]:
        return [self._item(qid) for qid in sorted(qids)]

    @_timed
    def changed_after(self, cursor: int, *, since: datetime, limit: int) -> Changes:
        changed = [qid for qid in self._changed_qids() if qid > cursor] if self._changed_at else []
        return Changes(tuple(changed[:limit]), len(changed))

    def _screens_of(self, pairs: int) -> int:
        """How many screen works have so many pairs, or hardly more."""
        rounds, rest = divmod(pairs, self._before[-1])
        return rounds * len(self._decks["sources_a_film"]) + bisect_left(self._before, rest)

    def _works_of(self, pairs: int) -> int:
        """How many works so many pairs fall on."""
        rounds, rest = divmod(pairs, len(self._slots))
        return rounds * len(self._decks["films_a_source"]) + max(self._slots[:rest], default=-1) + 1

    def _edges_before(self, screen: int) -> int:
        rounds, rest = divmod(screen, len(self._decks["sources_a_film"]))
        return rounds * self._before[-1] + self._before[rest]

    def _edges_of(self, screen: int) -> list[Edge]:
        return [Edge(SCREENS + screen, work) for work in sorted(self._sources_of(screen))]

    def _sources_of(self, screen: int) -> list[int]:
        """Its sources, each once, the one first that it has its name from."""
        found: list[int] = []
        for pair in range(self._edges_before(screen), self._edges_before(screen + 1)):
            work = self._source_of(pair)
            while work in found:
                work = work % self._works + 1
            found.append(work)
        return found

    def _source_of(self, pair: int) -> int:
        """The work in whose slot a pair falls; pairs beside each other fall far apart."""
        rounds, slot = divmod(pair * self._step % self._pairs, len(self._slots))
        return 1 + rounds * len(self._decks["films_a_source"]) + self._slots[slot]

    def _drawn(self, name: str, chance: random.Random) -> int:
        return chance.choice(self._decks[name])

    def _changed_qids(self) -> Iterator[int]:
        yield from range(1, self._works + 1, CHANGED_EVERY)
        yield from (SCREENS + n for n in range(1, self._screens, CHANGED_EVERY))

    def _item(self, qid: int) -> Item:
        if qid >= PEOPLE:
            return replace(self._person(qid), modified=BEFORE)
        item = self._screen(qid) if qid >= SCREENS else self._work(qid)
        if self._changed_at is None or qid % CHANGED_EVERY != 1:
            return replace(item, modified=BEFORE)
        return replace(item, modified=self._changed_at, published=(item.published or 1900) + 1)

    def _chance(self, number: int, salt: int) -> random.Random:
        return random.Random((number * 31 + salt) * 1_000_003 + self._seed)

    def _title(self, chance: random.Random) -> str:
        words = chance.choices(WORDS, k=self._drawn("words_of_titles", chance))
        if chance.random() < self._of.share("beyond_ascii"):
            words[-1] = chance.choice(OTHER_WORDS)
        return " ".join(words).title()

    def _person(self, qid: int) -> Item:
        chance = self._chance(qid, 2)
        name = Text(self._title(chance), "en")
        return Item(qid=qid, classes=(HUMAN,), label=name, born=chance.randint(1750, 1990), imdb=(f"nm{qid}",))

    def _work(self, qid: int) -> Item:
        chance = self._chance(qid, 3)
        title = self._title(chance)
        same = chance.random() < self._of.share("source_original_same")
        original = Text(title if same else self._title(chance), "fr")
        return Item(
            qid=qid,
            classes=(NOVEL,),
            label=Text(title, "en"),
            original_title=original if chance.random() < self._of.share("source_original") else None,
            published=chance.randint(1780, 2020) if chance.random() < self._of.share("source_dated") else None,
            language=chance.choice(("en", "en", "fr", "de", "ja", "ru")),
            authors=self._people(chance, "authors", PEOPLE, self._authors),
            author_names=tuple(sorted({self._title(chance) for _ in range(self._drawn("author_names", chance))})),
            open_library=(f"OL{qid}W",) if chance.random() < LAB["open_library"] else (),
        )

    def _screen(self, qid: int) -> Item:
        chance = self._chance(qid, 4)
        source = self._work(self._sources_of(qid - SCREENS)[0])
        same_title = chance.random() < self._of.share("same_title")
        year = (source.published or 1900) + self._drawn("years_apart", chance)
        genres, countries = self._drawn("genres", chance), self._drawn("countries", chance)
        return Item(
            qid=qid,
            classes=(FILM,),
            label=source.label if same_title else Text(self._title(chance), "en"),
            published=max(1890, year) if chance.random() < self._of.share("screen_dated") else None,
            language="en",
            directors=self._people(chance, "directors", PEOPLE + self._authors, self._directors),
            countries=tuple(sorted(chance.sample(range(16, 300), k=countries))),
            genres=tuple(sorted(chance.sample(range(1000, 1200), k=genres))),
            imdb=tuple(f"tt{qid + n * 10_000_000}" for n in range(self._drawn("imdb", chance))),
            tmdb_movie=(str(qid),) if chance.random() < LAB["tmdb"] else (),
        )

    def _people(self, chance: random.Random, role: str, first: int, many: int) -> tuple[int, ...]:
        """As many as have this role, of so many people from the first on."""
        return tuple(sorted({first + chance.randrange(many) for _ in range(self._drawn(role, chance))}))


def _slots(films: list[int], *, seed: int) -> list[int]:
    """A work (0, 1, …) for each of its films, shuffled; works are numbered in the order in which they come."""
    slots = [work for work, times in enumerate(films) for _ in range(times)]
    random.Random(seed).shuffle(slots)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(work, len(numbers)) for work in slots]
