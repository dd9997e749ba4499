"""What the extract lacks of a screen item and Wikidata itself has: its name always, mostly its year and director."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.upstreams.invented import Dice
from tests.upstreams.universe.facts import Facts, ScreenItem
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.spelling import invented_title

TITLE_OF_ITS_SOURCE = 0.54
"""So many pairs of the real graph share the exact title."""
FIRST_DIRECTOR = 900_000_000
"""Numbers of items that Wikidata has not reached; director number n made the n-th screen item so completed."""


def completed(facts: Facts, options: Options) -> tuple[ScreenItem, ...]:
    """The screen items with a label each. Items that have one are as they were, gaps included: theirs are real."""
    years = {book.qid: book.year for book in facts.books if book.year}
    return tuple(
        item if item.label else _completed(item, number, facts.names, years, options)
        for number, item in enumerate(facts.screen)
    )


def _completed(
    item: ScreenItem, number: int, names: Mapping[int, str], years: Mapping[int, int], options: Options
) -> ScreenItem:
    dice = Dice(options.seed, item.qid, "completed")
    named = [names[source] for source in item.sources if source in names]
    label = named[0] if named and dice.hits(TITLE_OF_ITS_SOURCE) else invented_title(dice)
    after = max((years[source] for source in item.sources if source in years), default=0)
    year = dice.between(min(max(1925, after + 1), 2022), 2022)
    knows_year, knows_director = dice.hits(options.completed), dice.hits(options.completed)
    return replace(
        item,
        label=label,
        year=item.year or (year if knows_year else None),
        directors=item.directors or ((FIRST_DIRECTOR + number,) if knows_director else ()),
    )
