"""Pages of long lists by key: as fast on the last page as on the first, and steady while rows come and go.

A list is read in one or more segments, one after another: by year, first what has one, then what has none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from adaptapedia.catalogue.bounded import rows_within

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a list: its condition (SQL, may be empty), and the columns that order it, the last one unique."""

    columns: tuple[str, ...]
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is read. Descending turns every segment round, not their sequence."""

    segments: tuple[Segment, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Between two rows of a list: after (or, backwards, before) the row with these values of the segment's columns."""

    segment: int
    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list reads: FROM, the columns to select, and the conditions of all its rows, as SQL.

    `patience`, in milliseconds, is for lists whose conditions no index may help: what takes longer is given up.
    """

    source: str
    columns: str
    conditions: tuple[str, ...] = ()
    patience: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the list's order, and where the pages beside this one begin; None where there is none."""

    rows: list[Row]
    following: Place | None
    previous: Place | None


def read_page(
    listing: Listing, *, order: Order, size: int, values: Mapping[str, Any] | None = None, at: Place | None = None
) -> Page:
    """The rows at a place, or the first ones: at most `size`. One statement, one more where a segment ends.

    Raises TookTooLong when the listing's patience ends.
    """
    backwards = at is not None and at.backwards
    found = _read(listing, order, at, size + 1, values or {})
    more, kept = len(found) > size, found[:size]
    if backwards:
        kept.reverse()
    before = _place(order, kept[0], backwards=True) if kept and (more if backwards else at) else None
    after = _place(order, kept[-1], backwards=False) if kept and (backwards or more) else None
    return Page([row for _, row in kept], after, before)


def _place(order: Order, found: tuple[int, Row], *, backwards: bool) -> Place:
    segment, row = found
    return Place(segment, tuple(row[_bare(column)] for column in order.segments[segment].columns), backwards)


def _read(
    listing: Listing, order: Order, at: Place | None, wanted: int, values: Mapping[str, Any]
) -> list[tuple[int, Row]]:
    numbers = range(len(order.segments))
    backwards = at is not None and at.backwards
    first = at.segment if at else 0
    found: list[tuple[int, Row]] = []
    for number in reversed(numbers[: first + 1]) if backwards else numbers[first:]:
        edge = at.values if at and number == at.segment else ()
        rows = _segment(listing, order, number, edge, backwards, wanted - len(found), values)
        found += [(number, row) for row in rows]
        if len(found) == wanted:
            break
    return found


def _segment(
    listing: Listing,
    order: Order,
    number: int,
    edge: Sequence[Any],
    backwards: bool,
    limit: int,
    values: Mapping[str, Any],
) -> list[Row]:
    segment = order.segments[number]
    down = order.descending is not backwards
    conditions = [*listing.conditions, *([segment.condition] if segment.condition else [])]
    edges = {f"edge_{n}": value for n, value in enumerate(edge)}
    if edges:
        places = ", ".join(f"%({name})s" for name in edges)
        conditions.append(f"({', '.join(segment.columns)}) {'<' if down else '>'} ({places})")
    by = ", ".join(f"{column} {'DESC' if down else 'ASC'}" for column in segment.columns)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"SELECT {listing.columns} FROM {listing.source} {where} ORDER BY {by} LIMIT {limit:d}"
    if listing.patience is None:
        return read_rows(statement, {**values, **edges})
    return rows_within(listing.patience, statement, {**values, **edges})


def read_rows(statement: str, values: Mapping[str, Any]) -> list[Row]:
    """What a statement selects, each row by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(values))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _bare(column: str) -> str:
    return column.rpartition(".")[2]
