"""Seeded pairs in the proportions of the real graph, as parsed records.

Of the 2,526 pairs of the extract that are named on both sides: one screen work and 0.76 sources a
pair, some sources with fifty and more; 54% of the pairs with one title on both sides; an IMDb id,
2.65 genres and a country for nearly every screen work; 0.88 authors known by name only and 0.14
with an item a source; an original title for 78% of the sources; 2% of the titles and 19% of the
original ones beyond ASCII.

The extract names no directors and has no ids but IMDb's. `rich` adds what live Wikidata has: a
person for every author and director, TMDb and Open Library ids, ISBNs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from adaptapedia.sources.wikidata.records import Edge, Item, Text

WORDS = """
the of and in night house river stone winter garden king daughter silence letter glass island storm paper shadow
bridge memory salt mirror train secret orchard lantern war summer harbour clock wolf crown desert song bread mountain
winds ghost empire widow season fire
""".split()
OTHER_WORDS = "señor château größe łódź été première ночь весна сад 夜 海 猫".split()
PEOPLE, SCREENS = 10_000_000, 5_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The records of one catalogue: screen works, works, people, and (screen work, source) pairs."""

    people: list[Item]
    works: list[Item]
    screen_works: list[Item]
    pairs: list[Edge]


def sample(pairs: int, *, seed: int = 1, rich: bool = False) -> Sample:
    """A catalogue of so many pairs, the same for the same seed. Everything in the order of its items."""
    chance = random.Random(seed)
    works = [_work(qid, chance) for qid in range(1, int(pairs * 0.76) + 1)]
    sources = [works[int(len(works) * chance.random() ** 1.6)] for _ in range(pairs)]
    screens = [_screen(SCREENS + n, source, chance) for n, source in enumerate(sources)]
    people = [_person(PEOPLE + n, chance) for n in range(int(pairs * (0.9 if rich else 0.08)))]
    works = [_credit_authors(work, people, chance, rich=rich) for work in works]
    if rich:
        screens = [_enrich(screen, people, chance) for screen in screens]
    return Sample(people, works, screens, [Edge(s.qid, w.qid) for s, w in zip(screens, sources, strict=True)])


def _title(chance: random.Random, *, beyond_ascii: float = 0.02) -> str:
    words = chance.choices(WORDS, k=chance.choice((1, 2, 2, 3, 3, 4, 5)))
    if chance.random() < beyond_ascii:
        words[-1] = chance.choice(OTHER_WORDS)
    return " ".join(words).title()


def _person(qid: int, chance: random.Random) -> Item:
    return Item(
        qid=qid, classes=(5,), label=Text(_title(chance), "en"), born=chance.randint(1750, 1990), imdb=(f"nm{qid}",)
    )


def _work(qid: int, chance: random.Random) -> Item:
    title = _title(chance)
    return Item(
        qid=qid,
        classes=(8261,),
        label=Text(title, "en"),
        original_title=Text(title if chance.random() < 0.5 else _title(chance), "fr")
        if chance.random() < 0.78
        else None,
        published=chance.randint(1780, 2020) if chance.random() < 0.84 else None,
        language=chance.choice(("en", "en", "fr", "de", "ja", "ru")),
    )


def _original(title: str, chance: random.Random) -> Text:
    return Text(title if chance.random() < 0.5 else _title(chance, beyond_ascii=0.38), "fr")


def _credit_authors(work: Item, people: list[Item], chance: random.Random, *, rich: bool) -> Item:
    if rich or chance.random() < 0.14:
        author = people[int(len(people) * chance.random() ** 1.4)]
        ids = {"open_library": (f"OL{work.qid}W",), "isbn": (f"978{work.qid:010d}",)} if rich else {}
        return replace(work, authors=(author.qid,), **ids)  # type: ignore[arg-type]
    return replace(work, author_names=(_title(chance),))


def _screen(qid: int, source: Item, chance: random.Random) -> Item:
    assert source.label
    return Item(
        qid=qid,
        classes=(11424,),
        label=source.label if chance.random() < 0.54 else Text(_title(chance), "en"),
        published=(source.published or 1900) + chance.randint(1, 90),
        language="en",
        countries=(chance.choice((30, 142, 183, 17)),),
        genres=tuple(sorted(chance.sample(range(1000, 1200), k=chance.choice((2, 3, 3))))),
        imdb=(f"tt{qid}",),
    )


def _enrich(screen: Item, people: list[Item], chance: random.Random) -> Item:
    return replace(screen, directors=(chance.choice(people).qid,), tmdb_movie=(str(screen.qid),))
