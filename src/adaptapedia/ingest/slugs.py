"""Slugs for new entries: readable, unique, given in the order of their upstream's numbers.

An entry takes the first of `dune`, `dune-1984`, `dune-q123` that nobody has or has ever had. Two
queries serve a whole batch: one asks which of the plain slugs are taken, one asks for the longer
forms of those entries that could not have theirs.
"""

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from adaptapedia.kit.text import slugify


class Wish(NamedTuple):
    """What a new entry's slug is made of: its item, or its number elsewhere under another `mark`."""

    number: int
    title: str
    year: int | None
    mark: str = "q"


def allocate(wishes: Iterable[Wish], *, table: str, former_table: str) -> dict[int, str]:
    """A slug for every wish by its number, none of them in either table.

    The caller holds the lock of the catalogue, so that what is free now stays free.
    """
    in_order = sorted(wishes, key=attrgetter("number"))
    plain = [slugify(wish.title) or f"{wish.mark}{wish.number}" for wish in in_order]
    taken = _taken(plain, table, former_table)
    given, without = {}, {}
    for wish, slug in zip(in_order, plain, strict=True):
        if slug in taken:
            without[wish] = list(_longer_forms(wish, slug))
        else:
            given[wish.number] = slug
            taken.add(slug)
    if without:
        taken |= _taken([slug for slugs in without.values() for slug in slugs], table, former_table)
    for wish, slugs in without.items():
        given[wish.number] = next(slug for slug in slugs if slug not in taken)
        taken.add(given[wish.number])
    return given


def _longer_forms(wish: Wish, slug: str) -> Iterator[str]:
    """With the year, then with the number; should another title spell even that, with the number twice."""
    if wish.year is not None and wish.year > 0:
        yield f"{slug}-{wish.year}"
    own = f"{wish.mark}{wish.number}"
    yield f"{slug}-{own}"
    yield f"{slug}-{own}-{own}"


def _taken(slugs: Collection[str], table: str, former_table: str) -> set[str]:
    tables = (f"SELECT slug FROM {name} WHERE slug = ANY(%(slugs)s::text[])" for name in (table, former_table))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(tables), {"slugs": _quoted(slugs)})
        return {slug for (slug,) in cursor.fetchall()}


def _quoted(slugs: Collection[str]) -> str:
    """An array in PostgreSQL's own notation, many times faster than a list; unquoted, `null` would be no word."""
    return "{" + ",".join(f'"{slug}"' for slug in slugs) + "}"
