"""The proportions of the real graph: counted once in the extract of Wikidata, kept beside this file as JSON.

    .venv/bin/python benchmarks/proportions.py > benchmarks/proportions.json

counts them anew, where the extract lies beside the checkout. How many sources a film has, and films a source, is
counted in all pairs whose source is no screen work; everything else in those that are named on both sides too. A
distribution tells how many have so many. The extract has no ids but IMDb's, hence `LAB`: what the
universe of the upstream lab takes for real.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

KEPT = Path(__file__).with_name("proportions.json")
LAB = {"tmdb": 0.6, "open_library": 0.6}
"""Shares of screen works and of sources whose ids there Wikidata knows (`tests.upstreams.universe.Options`)."""


class Proportions:
    """`share("same_title")` is a number from 0 to 1; `deck("films_a_source")` has each value as often as it was met."""

    def __init__(self, counted: dict[str, Any]) -> None:
        self._counted = counted

    def share(self, name: str) -> float:
        return float(self._counted["shares"][name])

    @property
    def names(self) -> list[str]:
        """Of the distributions."""
        return list(self._counted["distributions"])

    def deck(self, name: str, *, seed: int) -> list[int]:
        """Every value of a distribution as often as it was met, shuffled: drawn in turn it is the distribution."""
        deck = [int(value) for value, times in self._counted["distributions"][name].items() for _ in range(times)]
        random.Random(f"{name} {seed}").shuffle(deck)
        return deck


@cache
def proportions() -> Proportions:
    return Proportions(json.loads(KEPT.read_text()))


def main() -> None:
    from tests.upstreams.universe.facts import read_values
    from tests.upstreams.whole import EXTRACT

    if not EXTRACT.exists():
        sys.exit(f"There is no extract of Wikidata at {EXTRACT}.")
    print(json.dumps(count(read_values(EXTRACT)), indent=1))


def count(items: dict[int, dict[str, list[str]]]) -> dict[str, Any]:
    """The proportions of a graph: values of each item by property, labels under `label@en`."""
    on_screen = {qid for qid, values in items.items() if is_on_screen(values)}
    edges = [
        (screen, source)
        for screen in sorted(on_screen)
        for source in sorted(numbers(items[screen], "P144"))
        if source not in on_screen
    ]
    pairs = [(screen, source) for screen, source in edges if label(items[screen]) and label(items.get(source, {}))]
    screens = [items[qid] for qid in dict.fromkeys(screen for screen, _ in pairs)]
    sources = [items[qid] for qid in dict.fromkeys(source for _, source in pairs)]
    apart = [
        after - before
        for screen, source in pairs
        if (after := year(items[screen])) is not None and (before := year(items[source])) is not None
    ]
    authors = {author for source in sources for author in numbers(source, "P50")}
    directors = {director for screen in screens for director in numbers(screen, "P57")}
    return {
        "counted": {"edges": len(edges), "pairs": len(pairs), "screen_works": len(screens), "sources": len(sources)},
        "shares": {
            "same_title": share(label(items[screen]) == label(items[source]) for screen, source in pairs),
            "source_dated": share(year(source) is not None for source in sources),
            "source_original": share("P1476" in source for source in sources),
            "source_original_same": share(label(source) in source["P1476"] for source in sources if "P1476" in source),
            "screen_dated": share(year(screen) is not None for screen in screens),
            "beyond_ascii": share(not label(one).isascii() for one in (*screens, *sources)),
            "authors_of_pairs": len(authors) / len(pairs),
            "directors_of_pairs": len(directors) / len(pairs),
        },
        "distributions": {
            "sources_a_film": distribution(Counter(screen for screen, _ in edges).values()),
            "films_a_source": distribution(Counter(source for _, source in edges).values()),
            "years_apart": distribution(apart),
            "authors": distribution(len(numbers(source, "P50")) for source in sources),
            "author_names": distribution(len(source.get("P2093", ())) for source in sources),
            "directors": distribution(len(numbers(screen, "P57")) for screen in screens),
            "genres": distribution(len(numbers(screen, "P136")) for screen in screens),
            "countries": distribution(len(numbers(screen, "P495")) for screen in screens),
            "imdb": distribution(len(screen.get("P345", ())) for screen in screens),
            "words_of_titles": distribution(len(label(one).split()) for one in (*screens, *sources)),
        },
    }


def is_on_screen(values: dict[str, list[str]]) -> bool:
    from tests.upstreams.universe.facts import SCREEN_CLASSES

    return not SCREEN_CLASSES.keys().isdisjoint(numbers(values, "P31"))


def label(values: dict[str, list[str]]) -> str:
    return next(iter(values.get("label@en") or values.get("P1476") or [""]))


def numbers(values: dict[str, list[str]], name: str) -> set[int]:
    return {int(one) for one in values.get(name, ()) if one.isascii() and one.isdecimal()}


def year(values: dict[str, list[str]]) -> int | None:
    years = [int(date[:4]) for date in values.get("P577", ()) if date[:4].isdecimal()]
    return min(years, default=None)


def share(facts: Iterable[bool]) -> float:
    told = list(facts)
    return round(sum(told) / len(told), 4)


def distribution(values: Iterable[int]) -> dict[str, int]:
    return {str(value): times for value, times in sorted(Counter(values).items())}


if __name__ == "__main__":
    main()
