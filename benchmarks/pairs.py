"""Seeded pairs in the proportions of the real graph, as parsed records.

Of 7,737 real pairs: 0.93 screen works and 0.76 sources a pair, up to 55 screen works a source, 54%
of the pairs with one title on both sides, 88% of the screen works with an IMDb id, one director
each, nearly every source with one author.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from adaptapedia.sources.wikidata.records import Edge, Item, Text

WORDS = (
    "the of and in night house river stone winter garden king daughter silence letter glass island storm paper "
    "shadow bridge memory salt mirror train secret orchard lantern war summer harbour clock wolf crown desert song "
    "bread mountain winds ghost empire widow season fire señor château größe łódź ночь весна 夜 海"
).split()


@dataclass(frozen=True, slots=True)
class Sample:
    """Records of one catalogue. `pairs` are (screen work, source)."""

    people: list[Item]
    works: list[Item]
    screen_works: list[Item]
    pairs: list[Edge]


def sample(pairs: int, *, seed: int = 1) -> Sample:
    """A catalogue of so many pairs, the same for the same seed."""
    chance = random.Random(seed)
    works = [_work(qid, chance) for qid in range(1, int(pairs * 0.76) + 1)]
    people = [_person(10_000_000 + n, chance) for n in range(int(pairs * 0.9))]
    screens, edges = [], []
    for n in range(int(pairs * 0.93)):
        source = works[int(len(works) * chance.random() ** 1.6)]
        screens.append(_screen(5_000_000 + n, source, chance, len(people)))
        edges.append(Edge(screens[-1].qid, source.qid))
    seen = set(edges)
    while len(edges) < pairs:
        edge = Edge(chance.choice(screens).qid, chance.choice(works).qid)
        if edge not in seen:
            seen.add(edge)
            edges.append(edge)
    works = [_with_author(work, chance, len(people)) for work in works]
    return Sample(people, works, screens, sorted(edges))


def _title(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.choice((1, 2, 2, 3, 3, 4, 5)))).title()


def _work(qid: int, chance: random.Random) -> Item:
    return Item(
        qid=qid,
        classes=(8261,),
        label=Text(_title(chance), "en"),
        published=chance.randint(1780, 2020),
        language=chance.choice(("en", "en", "fr", "de", "ja", "ru")),
        genres=(chance.randint(1000, 1200),),
        open_library=(f"OL{qid}W",) if chance.random() < 0.5 else (),
        isbn=(f"978{qid:010d}",) if chance.random() < 0.2 else (),
    )


def _with_author(work: Item, chance: random.Random, people: int) -> Item:
    from dataclasses import replace

    return replace(work, authors=(10_000_000 + int(people * chance.random() ** 1.4),))


def _person(qid: int, chance: random.Random) -> Item:
    born = chance.randint(1750, 1990)
    return Item(qid=qid, classes=(5,), label=Text(_title(chance), "en"), born=born, imdb=(f"nm{qid}",))


def _screen(qid: int, source: Item, chance: random.Random, people: int) -> Item:
    assert source.label
    same = chance.random() < 0.54
    return Item(
        qid=qid,
        classes=(11424,),
        label=source.label if same else Text(_title(chance), "en"),
        original_title=Text(_title(chance), "fr") if chance.random() < 0.25 else None,
        published=(source.published or 1900) + chance.randint(1, 90),
        language="en",
        countries=(chance.choice((30, 142, 183, 17)),),
        genres=tuple(sorted(chance.sample(range(1000, 1200), k=2))),
        directors=(10_000_000 + int(people * chance.random()),),
        imdb=(f"tt{qid}",) if chance.random() < 0.88 else (),
        tmdb_movie=(str(qid),) if chance.random() < 0.7 else (),
    )
