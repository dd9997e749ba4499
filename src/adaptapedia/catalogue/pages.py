"""What the page of a book or a screen work shows, read in one statement each. What is retired is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.db import connection

from adaptapedia.catalogue.models import ScreenCredit, ScreenWork, Work, WorkCredit
from adaptapedia.catalogue.queries import find_by_slug
from adaptapedia.catalogue.shown import Name, by_role, columns_of, entry_of, names_of
from adaptapedia.catalogue.told import BOOK_TOLD, SCREEN_TOLD, BookTold, ScreenTold

SIBLINGS_SHOWN = 24

AnyTitled = TypeVar("AnyTitled", Work, ScreenWork)


class Claim(NamedTuple):
    """What somebody else calls an entry: an ExternalId.Scheme, and the value in it."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class OnScreen:
    """One screen work in a list: how it is related, and who made it (directors, else creators)."""

    screen_work: ScreenWork
    relation: str
    makers: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What a screen work was made from: a work or another screen work, and who made that."""

    entry: Work | ScreenWork
    relation: str
    makers: tuple[Name, ...] = ()

    @property
    def written(self) -> bool:
        """Whether it is a work, something to read."""
        return isinstance(self.entry, Work)


@dataclass(frozen=True, slots=True)
class BookPage:
    work: Work
    authors: tuple[Name, ...]
    external_ids: tuple[Claim, ...]
    on_screen: tuple[OnScreen, ...]
    """By year, unknown years last."""
    told: BookTold | None


@dataclass(frozen=True, slots=True)
class ScreenPage:
    screen_work: ScreenWork
    credits: Mapping[str, tuple[Name, ...]]
    """By role: director, creator, screenwriter, cast."""
    external_ids: tuple[Claim, ...]
    sources: tuple[Source, ...]
    """Works before screen works."""
    remakes: tuple[OnScreen, ...]
    siblings: tuple[OnScreen, ...]
    """Others of the same works that are neither sources nor remakes, by year; at most SIBLINGS_SHOWN."""
    siblings_in_all: int
    told: ScreenTold | None

    @property
    def makers(self) -> tuple[Name, ...]:
        return _makers(self.credits)


_MAKERS = (ScreenCredit.Role.DIRECTOR, ScreenCredit.Role.CREATOR)
_EARLIEST_FIRST = 'ORDER BY s.year NULLS LAST, s.sort_key COLLATE "C", s.id'


def _authors(work: str) -> str:
    return names_of("catalogue_workcredit", "work_id", work, roles=WorkCredit.Role.values)


def _screen_names(screen: str, *, roles: Iterable[str] = _MAKERS) -> str:
    return names_of("catalogue_screencredit", "screen_work_id", screen, roles=roles)


def _claims(table: str, owner: str) -> str:
    return f"""
        (SELECT coalesce(json_agg(json_build_array(x.scheme, x.value) ORDER BY x.scheme, x.value), '[]')
         FROM {table} x WHERE x.{owner} = e.id)"""


def _listed(relation: str, source: str) -> str:
    """Screen works `s` of a FROM and WHERE, each with its relation and makers."""
    columns = f"{columns_of(ScreenWork, 's')}, {relation}, {_screen_names('s.id')}"
    return f"(SELECT coalesce(json_agg(json_build_array({columns}) {_EARLIEST_FIRST}), '[]') FROM {source})"


_STANDING = "a.retired_at IS NULL AND s.retired_at IS NULL"
_MADE = "catalogue_adaptation a JOIN catalogue_screenwork s ON s.id = a.screen_work_id"

_BOOK = f"""
    SELECT {columns_of(Work, "e")}, {_authors("e.id")}, {_claims("catalogue_workexternalid", "work_id")},
           {_listed("a.relation", f"{_MADE} WHERE a.work_id = e.id AND {_STANDING}")}, {BOOK_TOLD}
    FROM catalogue_work e WHERE e.slug = %(slug)s AND e.retired_at IS NULL
"""

_SOURCES = f"""
    (SELECT coalesce(json_agg(
        CASE WHEN w.id IS NOT NULL
        THEN json_build_array(true, {columns_of(Work, "w")}, a.relation, {_authors("w.id")})
        ELSE json_build_array(false, {columns_of(ScreenWork, "o")}, a.relation, {_screen_names("o.id")}) END
        ORDER BY w.id IS NULL, coalesce(w.year, o.year) NULLS LAST, a.id), '[]')
     FROM catalogue_adaptation a
     LEFT JOIN catalogue_work w ON w.id = a.work_id AND w.retired_at IS NULL
     LEFT JOIN catalogue_screenwork o ON o.id = a.original_id AND o.retired_at IS NULL
     WHERE a.screen_work_id = e.id AND a.retired_at IS NULL AND (w.id IS NOT NULL OR o.id IS NOT NULL))"""

# Each once, whatever number of works it shares; `everyone` are those beside it, so that no more than what is shown
# is looked up.
_SIBLINGS = f"""
    SELECT s.*, made.relation, count(*) OVER () AS everyone
    FROM (
        SELECT a.screen_work_id, (array_agg(a.relation ORDER BY a.id))[1] AS relation
        FROM catalogue_adaptation a
        WHERE a.retired_at IS NULL AND a.screen_work_id <> e.id AND a.work_id IN (
            SELECT m.work_id FROM catalogue_adaptation m JOIN catalogue_work w ON w.id = m.work_id
            WHERE m.screen_work_id = e.id AND m.retired_at IS NULL AND w.retired_at IS NULL
        )
        GROUP BY a.screen_work_id
    ) made JOIN catalogue_screenwork s ON s.id = made.screen_work_id AND s.retired_at IS NULL
    WHERE NOT EXISTS (
        SELECT FROM catalogue_adaptation t WHERE t.retired_at IS NULL AND (
            (t.screen_work_id = e.id AND t.original_id = s.id) OR (t.screen_work_id = s.id AND t.original_id = e.id)
        )
    )
    {_EARLIEST_FIRST} LIMIT {SIBLINGS_SHOWN}"""

_SCREEN = f"""
    SELECT {columns_of(ScreenWork, "e")}, {_screen_names("e.id", roles=ScreenCredit.Role.values)},
           {_claims("catalogue_screenexternalid", "screen_work_id")}, {_SOURCES},
           {_listed("a.relation", f"{_MADE} WHERE a.original_id = e.id AND s.id <> e.id AND {_STANDING}")},
           siblings.shown, siblings.everyone, {SCREEN_TOLD}
    FROM catalogue_screenwork e CROSS JOIN LATERAL (
        SELECT coalesce(json_agg(json_build_array({columns_of(ScreenWork, "s")}, s.relation, {_screen_names("s.id")})
               {_EARLIEST_FIRST}), '[]') AS shown, coalesce(max(s.everyone), 0) AS everyone
        FROM ({_SIBLINGS}) s
    ) siblings
    WHERE e.slug = %(slug)s AND e.retired_at IS NULL
"""


def current_slug(model: type[AnyTitled], slug: str) -> str | None:
    """The slug of the entry that has, or once had, this one; None where nothing is found by it."""
    found = find_by_slug(model, slug)
    return found[0].slug if found else None


def book_page(slug: str) -> BookPage | None:
    """The book that has this slug now, with all that its page shows; None where there is none."""
    row = _read(_BOOK, slug=slug)
    if row is None:
        return None
    work, authors, claims, on_screen, told = row
    return BookPage(
        work=entry_of(Work, work),
        authors=by_role(authors).get(WorkCredit.Role.AUTHOR, ()),
        external_ids=tuple(Claim(*claim) for claim in claims),
        on_screen=_on_screen(on_screen),
        told=BookTold(**told) if told else None,
    )


def screen_page(slug: str, *, country: str) -> ScreenPage | None:
    """The screen work that has this slug now, with all that its page shows; None where there is none.

    `country` (ISO 3166-1) is that of certificates and of where to watch.
    """
    row = _read(_SCREEN, slug=slug, country=country)
    if row is None:
        return None
    screen, credits, claims, sources, remakes, siblings, siblings_in_all, told = row
    return ScreenPage(
        screen_work=entry_of(ScreenWork, screen),
        credits=by_role(credits),
        external_ids=tuple(Claim(*claim) for claim in claims),
        sources=tuple(_source(*source) for source in sources),
        remakes=_on_screen(remakes),
        siblings=_on_screen(siblings),
        siblings_in_all=siblings_in_all,
        told=ScreenTold(**told) if told else None,
    )


def _read(statement: str, **parameters: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _on_screen(rows: Iterable[Any]) -> tuple[OnScreen, ...]:
    return tuple(
        OnScreen(entry_of(ScreenWork, screen), relation, _makers(by_role(credits)))
        for screen, relation, credits in rows
    )


def _source(written: bool, entry: Any, relation: str, credits: Any) -> Source:
    names = by_role(credits)
    if written:
        return Source(entry_of(Work, entry), relation, names.get(WorkCredit.Role.AUTHOR, ()))
    return Source(entry_of(ScreenWork, entry), relation, _makers(names))


def _makers(credits: Mapping[str, tuple[Name, ...]]) -> tuple[Name, ...]:
    return credits.get(ScreenCredit.Role.DIRECTOR) or credits.get(ScreenCredit.Role.CREATOR) or ()
