"""Records of Wikidata → rows of staging tables. Pure. An entry that is there already keeps its slug (None).

Each row class names its staging table's columns in order; `wikidata_id` comes first everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

from pydantic import TypeAdapter

from adaptapedia.catalogue.derived import search_text, sort_key
from adaptapedia.ingest.staging import array
from adaptapedia.sources.wikidata.records import Item, Text

RECORD = TypeAdapter(Item)
ROW_VERSION = 1
"""To be raised with any change of what rows are made of: everything is then merged once more."""
NOT_SHOWN = {"modified", "problems", "classes", "based_on"}
"""Parts of a record that no entry shows; what its classes make of it, and its pairs, are told apart."""
_TEXTS = {"label", "original_title"}
_shown = attrgetter(*(field.name for field in fields(Item) if field.name not in NOT_SHOWN | _TEXTS))
SCHEMES = ("imdb", "tmdb_movie", "tmdb_tv", "tmdb_person", "open_library", "isbn")
"""Attributes of an item that are external ids, named as `ExternalId.Scheme` has them."""


class WorkRow(NamedTuple):
    wikidata_id: int
    wikidata_digest: int | None
    slug: str | None
    title: str
    title_language: str
    original_title: str
    original_language: str
    year: int | None
    form: str
    countries: str
    genres: str
    series: str
    sort_key: str
    search_text: str


class ScreenWorkRow(NamedTuple):
    wikidata_id: int
    wikidata_digest: int | None
    slug: str | None
    title: str
    title_language: str
    original_title: str
    original_language: str
    year: int | None
    end_year: int | None
    kind: str
    countries: str
    genres: str
    series: str
    sort_key: str
    search_text: str


class PersonRow(NamedTuple):
    wikidata_id: int
    wikidata_digest: int | None
    slug: str | None
    name: str
    name_language: str
    birth_year: int | None
    death_year: int | None
    sort_key: str
    search_text: str


class CreditRow(NamedTuple):
    wikidata_id: int
    role: str
    position: int
    person_id: int | None
    name: str


class PairRow(NamedTuple):
    """A screen work and its source, which is another screen work for a remake."""

    subject: int
    source: int
    is_remake: bool


class ExternalIdRow(NamedTuple):
    wikidata_id: int
    scheme: str
    value: str


PeopleIds = Mapping[int, int]
"""Of people who have an entry: their item → the entry's key."""


def work_row(item: Item, form: str, *, slug: str | None, digest: int | None) -> WorkRow:
    """The work that a named item describes."""
    title, original = _titles(item)
    return WorkRow(
        wikidata_id=item.qid,
        wikidata_digest=digest,
        slug=slug,
        title=title.text,
        title_language=title.language,
        original_title=original,
        original_language=item.language or "",
        year=item.published,
        form=form,
        countries=array(item.countries),
        genres=array(item.genres),
        series=array(item.series),
        sort_key=sort_key(title.text, title.language),
        search_text=search_text(title.text, original),
    )


def screen_work_row(item: Item, kind: str, *, slug: str | None, digest: int | None) -> ScreenWorkRow:
    """The screen work that a named item describes."""
    title, original = _titles(item)
    return ScreenWorkRow(
        wikidata_id=item.qid,
        wikidata_digest=digest,
        slug=slug,
        title=title.text,
        title_language=title.language,
        original_title=original,
        original_language=item.language or "",
        year=first_year(item),
        end_year=item.ended,
        kind=kind,
        countries=array(item.countries),
        genres=array(item.genres),
        series=array(item.series),
        sort_key=sort_key(title.text, title.language),
        search_text=search_text(title.text, original),
    )


def first_year(item: Item) -> int | None:
    """When a screen work was first seen: a series that says when it began, began then."""
    return item.published if item.started is None else item.started


def person_row(item: Item, _kind: str = "", *, slug: str | None, digest: int | None) -> PersonRow:
    """The person that a named item describes."""
    name, original = _titles(item)
    return PersonRow(
        wikidata_id=item.qid,
        wikidata_digest=digest,
        slug=slug,
        name=name.text,
        name_language=name.language,
        birth_year=item.born,
        death_year=item.died,
        sort_key=sort_key(name.text, name.language),
        search_text=search_text(name.text, original),
    )


def work_credits(item: Item, people: PeopleIds) -> Iterator[CreditRow]:
    """Authors in the order of their items, then those known by name only."""
    yield from _credits(item.qid, "author", item.authors, people)
    for position, name in enumerate(item.author_names, len(item.authors)):
        yield CreditRow(item.qid, "author", position, None, name)


def screen_credits(item: Item, people: PeopleIds) -> Iterator[CreditRow]:
    """Directors, creators and screenwriters, each in the order of their items."""
    yield from _credits(item.qid, "director", item.directors, people)
    yield from _credits(item.qid, "creator", item.creators, people)
    yield from _credits(item.qid, "screenwriter", item.screenwriters, people)


def external_ids(item: Item) -> Iterator[ExternalIdRow]:
    """Every id that others have given to the item; a record's ids are each there once."""
    return (ExternalIdRow(item.qid, scheme, value) for scheme in SCHEMES for value in getattr(item, scheme))


def people_named_by(item: Item) -> tuple[int, ...]:
    """The items of everybody in an item's credits, each once, sorted."""
    named = item.authors + item.directors + item.creators + item.screenwriters
    return tuple(sorted(set(named))) if len(named) > 1 else named


def digest_of(item: Item, kind: str, people: PeopleIds) -> int:
    """A number that changes when anything changes that an entry is made of.

    Credits of people without an entry are left out, so who is missing counts too.
    """
    missing = [person for person in people_named_by(item) if person not in people]
    made_of = (ROW_VERSION, kind, missing, _parts(item.label), _parts(item.original_title), _shown(item))
    return int.from_bytes(blake2b(ascii(made_of).encode(), digest_size=8).digest(), "big", signed=True)


def _parts(text: Text | None) -> tuple[str, str] | None:
    return None if text is None else (text.text, text.language)


def _titles(item: Item) -> tuple[Text, str]:
    if item.label is None:
        raise ValueError(f"Q{item.qid} has no name and cannot become an entry")
    original = item.original_title
    return item.label, original.text if original and original.text != item.label.text else ""


def _credits(qid: int, role: str, named: tuple[int, ...], people: PeopleIds) -> Iterator[CreditRow]:
    for position, person in enumerate(named):
        if person in people:
            yield CreditRow(qid, role, position, people[person], "")
