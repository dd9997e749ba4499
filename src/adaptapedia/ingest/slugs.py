"""Slugs for new entries: readable, unique, given in QID order.

An entry takes the first of `dune`, `dune-1984`, `dune-q123` that nobody has or has ever had. One
query serves a whole batch: it asks which of all candidates are taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from adaptapedia.kit.text import slugify


class Wish(NamedTuple):
    """What a new entry's slug is made of."""

    wikidata_id: int
    title: str
    year: int | None


def allocate(wishes: Iterable[Wish], *, table: str, former_table: str) -> dict[int, str]:
    """A slug for every wish by its item, none of them in either table.

    The caller holds the lock of the catalogue, so that what is free now stays free.
    """
    in_order = sorted(wishes)
    candidates = {wish.wikidata_id: _candidates(wish) for wish in in_order}
    taken = _taken({slug for slugs in candidates.values() for slug in slugs}, table, former_table)
    return _share_out(candidates, taken)


def _share_out(candidates: Mapping[int, Sequence[str]], taken: set[str]) -> dict[int, str]:
    given: dict[int, str] = {}
    for qid, slugs in candidates.items():
        given[qid] = next(slug for slug in slugs if slug not in taken)
        taken.add(given[qid])
    return given


def _candidates(wish: Wish) -> list[str]:
    """At least two, the last of which is the item's own: another entry's title can spell it, a longer form cannot."""
    qid = f"q{wish.wikidata_id}"
    base = slugify(wish.title)
    if not base:
        return [qid, f"{qid}-{qid}"]
    with_year = [f"{base}-{wish.year}"] if wish.year is not None and wish.year > 0 else []
    return [base, *with_year, f"{base}-{qid}", f"{base}-{qid}-{qid}"]


def _taken(slugs: set[str], table: str, former_table: str) -> set[str]:
    query = f"SELECT slug FROM {table} WHERE slug = ANY(%(slugs)s) UNION ALL SELECT slug FROM {former_table} WHERE slug = ANY(%(slugs)s)"  # noqa: E501, S608 - names of our own tables
    with connection.cursor() as cursor:
        cursor.execute(query, {"slugs": list(slugs)})
        return {slug for (slug,) in cursor.fetchall()}
