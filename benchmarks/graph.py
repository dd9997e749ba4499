"""A graph of any size as a sweep reads it, drawn with a seed: nothing of it is kept, every item is made when asked for.

In the proportions of the real one (see benchmarks/pairs.py): 0.76 sources a pair, a few of them with many adaptations;
one screen work in twenty has two sources; a person with an item for one source in seven, the other authors by name.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from adaptapedia.sources.wikidata.records import Changes, ClassEdge, Edge, Item, Slice, Text
from benchmarks.pairs import OTHER_WORDS, PEOPLE, SCREENS, WORDS

FILM, NOVEL, HUMAN = 11424, 8261, 5
AUDIOVISUAL_WORK, LITERARY_WORK = 2431196, 7725634
CHANGED_EVERY = 100
TWO_SOURCES_EVERY = 20
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
        self._screens = pairs * TWO_SOURCES_EVERY // (TWO_SOURCES_EVERY + 1)
        self._works = int(pairs * 0.76)
        self._people = max(1, int(pairs * 0.08))
        self._seed = seed
        self._changed_at: datetime | None = None
        self.seconds = 0.0

    def change(self) -> None:
        self._changed_at = datetime.now(UTC) + timedelta(minutes=1)

    def class_edges(self) -> Sequence[ClassEdge]:
        return [ClassEdge(FILM, AUDIOVISUAL_WORK), ClassEdge(NOVEL, LITERARY_WORK)]

    def edge_count(self) -> int:
        return self._edges_before(self._screens)

    @_timed
    def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice:
        first = 0 if cursor is None else cursor.subject - SCREENS
        edges = [edge for n in range(first, min(first + limit + 1, self._screens)) for edge in self._edges_of(n)]
        later = [edge for edge in edges if cursor is None or edge > cursor]
        remaining = self.edge_count() - self._edges_before(first) - (len(edges) - len(later))
        return Slice(tuple(later[:limit]), remaining)

    @_timed
    def items(self, qids: Sequence[int]) -> Sequence[Item]:
        return [self._item(qid) for qid in sorted(qids)]

    @_timed
    def changed_after(self, cursor: int, *, since: datetime, limit: int) -> Changes:
        changed = [qid for qid in self._changed_qids() if qid > cursor] if self._changed_at else []
        return Changes(tuple(changed[:limit]), len(changed))

    def _edges_before(self, screen: int) -> int:
        return screen + (screen + TWO_SOURCES_EVERY - 1) // TWO_SOURCES_EVERY

    def _edges_of(self, screen: int) -> list[Edge]:
        source = self._source_of(screen)
        second = [source % self._works + 1] if screen % TWO_SOURCES_EVERY == 0 else []
        return sorted(Edge(SCREENS + screen, work) for work in [source, *second])

    def _source_of(self, screen: int) -> int:
        return 1 + int(self._works * self._chance(screen, 1).random() ** 1.6)

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
        words = chance.choices(WORDS, k=chance.choice((1, 2, 2, 3, 3, 4, 5)))
        if chance.random() < 0.02:
            words[-1] = chance.choice(OTHER_WORDS)
        return " ".join(words).title()

    def _person(self, qid: int) -> Item:
        chance = self._chance(qid, 2)
        name = Text(self._title(chance), "en")
        return Item(qid=qid, classes=(HUMAN,), label=name, born=chance.randint(1750, 1990), imdb=(f"nm{qid}",))

    def _work(self, qid: int) -> Item:
        chance = self._chance(qid, 3)
        title = self._title(chance)
        original = Text(title if chance.random() < 0.5 else self._title(chance), "fr")
        work = Item(
            qid=qid,
            classes=(NOVEL,),
            label=Text(title, "en"),
            original_title=original if chance.random() < 0.78 else None,
            published=chance.randint(1780, 2020) if chance.random() < 0.84 else None,
            language=chance.choice(("en", "en", "fr", "de", "ja", "ru")),
        )
        if chance.random() < 0.14:
            return replace(work, authors=(PEOPLE + chance.randrange(self._people),))
        return replace(work, author_names=(self._title(chance),))

    def _screen(self, qid: int) -> Item:
        chance = self._chance(qid, 4)
        source = self._work(self._source_of(qid - SCREENS))
        return Item(
            qid=qid,
            classes=(FILM,),
            label=source.label if chance.random() < 0.54 else Text(self._title(chance), "en"),
            published=(source.published or 1900) + chance.randint(1, 90),
            language="en",
            countries=(chance.choice((30, 142, 183, 17)),),
            genres=tuple(sorted(chance.sample(range(1000, 1200), k=chance.choice((2, 3, 3))))),
            imdb=(f"tt{qid}",),
        )
