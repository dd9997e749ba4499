"""What Wikidata's side must know beside the extract, so that both sides speak of the same things: extra triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tests.upstreams.catalogue import TmdbTitle
from tests.upstreams.invented import Dice
from tests.upstreams.triples import Date, Title, Value, triples
from tests.upstreams.universe.books import Books
from tests.upstreams.universe.facts import Facts, ScreenItem
from tests.upstreams.universe.options import Options
from tests.upstreams.universe.people import People

TMDB_ID = {"movie": "P4947", "tv": "P4983"}
TAGS = {"cn": "yue", "xx": "und"}
"""TMDb's codes that are no tags of BCP 47."""
STALE = 5_000_000
"""Added to a number it is one that TMDb never had."""


def extra_triples(
    facts: Facts,
    screen: Iterable[ScreenItem],
    titles: Mapping[int, TmdbTitle],
    books: Books,
    people: People,
    options: Options,
) -> Iterator[str]:
    """What completion added (`screen` beside `facts.screen`), labels of who made it, original titles, and the ids of
    TMDb and Open Library for the shares that the options say. One in a hundred of TMDb's is stale."""
    screen = tuple(screen)
    for bare, item in zip(facts.screen, screen, strict=True):
        values = {**_completion(bare, item), **_of_tmdb(item, titles.get(item.qid), options)}
        if values or item.label != bare.label:
            yield triples(item.qid, label=None if bare.label else item.label, **values)  # type: ignore[arg-type]
    made_it = {qid for item in screen for qid in item.directors} | {qid for book in facts.books for qid in book.authors}
    for qid in sorted(made_it - facts.names.keys()):
        yield triples(qid, label=people.name(qid))
    for book in facts.books:
        keys = books.keys(book)
        if keys and Dice(options.seed, "book", book.qid, "P648").hits(options.open_library_ids):
            yield triples(book.qid, P648=keys[-1])


def _completion(bare: ScreenItem, item: ScreenItem) -> dict[str, Value | list[Value]]:
    values: dict[str, Value | list[Value]] = {}
    if item.year != bare.year and item.year is not None:
        values["P577"] = Date(item.year)
    if item.directors != bare.directors:
        values["P57"] = list(item.directors)
    return values


def _of_tmdb(item: ScreenItem, title: TmdbTitle | None, options: Options) -> dict[str, Value | list[Value]]:
    if title is None:
        return {}
    dice = Dice(options.seed, item.qid, "wikidata side")
    values: dict[str, Value | list[Value]] = {}
    differs = title.original_title not in {title.title, item.original_title, item.label}
    if dice.hits(options.original_titles) and differs and item.language:
        values["P1476"] = Title(title.original_title, TAGS.get(item.language, item.language))
    stale = STALE if dice.hits(0.01) else 0
    if dice.hits(options.tmdb_ids):
        values[TMDB_ID[title.kind]] = str(title.id + stale)
    return values
