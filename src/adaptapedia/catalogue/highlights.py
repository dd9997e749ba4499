"""What the front page shows of the catalogue: what is new, what has an anniversary, what was adapted most.

The last two are counted over the whole catalogue: by the daily job, and by a page only where nothing is kept
yet, one page at a time and not for longer than `PATIENCE`.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from adaptapedia.catalogue.bounded import TookTooLong, rows_within
from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.catalogue.shapes import key_of
from adaptapedia.catalogue.shown import Name, columns_of, entry_of

SHOWN = 6
KEPT_FROM_PAGE = timedelta(hours=1)
KEPT_FROM_JOB = timedelta(hours=36)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""When a page found nothing, or not in time; meanwhile no page asks."""
PATIENCE = 1_000
JOB_PATIENCE = 300_000
"""Milliseconds."""
ROUND = 25
"""Years: an anniversary is a multiple of this."""
OLDEST = 3000

_LATEST = f"""
    SELECT {columns_of(ScreenWork, "s")},
           CASE WHEN w.id IS NOT NULL THEN {columns_of(Work, "w")} END,
           CASE WHEN o.id IS NOT NULL THEN {columns_of(ScreenWork, "o")} END
    FROM catalogue_adaptation a JOIN catalogue_screenwork s ON s.id = a.screen_work_id
    LEFT JOIN catalogue_work w ON w.id = a.work_id LEFT JOIN catalogue_screenwork o ON o.id = a.original_id
    WHERE a.retired_at IS NULL AND s.retired_at IS NULL AND w.retired_at IS NULL AND o.retired_at IS NULL
    ORDER BY a.id DESC LIMIT %(limit)s
"""
FACTS = """
    w.id AS pk, w.wikidata_id, w.slug, w.title, w.title_language, w.year,
    array(
        SELECT coalesce(p.name, c.name)
        FROM catalogue_workcredit AS c LEFT JOIN catalogue_person AS p ON p.id = c.person_id
        WHERE c.work_id = w.id AND p.retired_at IS NULL ORDER BY c.role, c.position
    ) AS authors
"""
_ANNIVERSARIES = f"""
    SELECT {FACTS}, count(*) AS adaptations
    FROM catalogue_work AS w JOIN catalogue_adaptation AS a ON a.work_id = w.id AND a.retired_at IS NULL
    WHERE w.retired_at IS NULL AND w.year = ANY(%(years)s)
    GROUP BY w.id ORDER BY adaptations DESC, w.year DESC, w.id LIMIT %(limit)s
"""
_MOST_ADAPTED = f"""
    SELECT {FACTS}, m.adaptations
    FROM (
        SELECT work_id, count(*) AS adaptations FROM catalogue_adaptation
        WHERE retired_at IS NULL AND work_id IS NOT NULL
        GROUP BY work_id ORDER BY adaptations DESC, work_id LIMIT %(limit)s
    ) AS m JOIN catalogue_work AS w ON w.id = m.work_id
    WHERE w.retired_at IS NULL ORDER BY m.adaptations DESC, w.id
"""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A book, and how many screen works were made from it."""

    pk: int
    wikidata_id: int | None
    slug: str
    title: str
    title_language: str
    year: int | None
    authors: list[str]
    adaptations: int

    @property
    def makers(self) -> tuple[Name, ...]:
        """The authors, for a cover."""
        return tuple(map(Name, self.authors))


@dataclass(frozen=True, slots=True)
class Latest:
    """A screen work, and what it was made from."""

    screen_work: ScreenWork
    source: Work | ScreenWork


def latest_adaptations(limit: int = SHOWN) -> list[Latest]:
    """The adaptations that came last, the last first; nothing retired."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"limit": limit})
        return [
            Latest(entry_of(ScreenWork, screen), entry_of(Work, work) if work else entry_of(ScreenWork, original))
            for screen, work, original in cursor.fetchall()
        ]


def anniversaries(year: int) -> list[Highlight]:
    """Books that are a round number of years old in this year, the most adapted first."""
    return _kept(anniversaries_key(year), _ANNIVERSARIES, _of_year(year))


def most_adapted() -> list[Highlight]:
    """The books with the most screen works."""
    return _kept(MOST_ADAPTED_KEY, _MOST_ADAPTED, {"limit": SHOWN})


def keep_highlights(*, year: int) -> None:
    """Count both for the pages of a day and a half. Raises RedisError."""
    for key, statement, values in (
        (anniversaries_key(year), _ANNIVERSARIES, _of_year(year)),
        (MOST_ADAPTED_KEY, _MOST_ADAPTED, {"limit": SHOWN}),
    ):
        rows = rows_within(JOB_PATIENCE, statement, values)
        cache.set(key, rows, timeout=(KEPT_FROM_JOB if rows else ASKED_AGAIN_AFTER).total_seconds())


MOST_ADAPTED_KEY = key_of("most_adapted", Highlight)


def anniversaries_key(year: int) -> str:
    return key_of(f"anniversaries.{year}", Highlight)


def _of_year(year: int) -> dict[str, Any]:
    return {"years": [year - age for age in range(ROUND, OLDEST, ROUND) if year > age], "limit": SHOWN}


def _kept(key: str, statement: str, values: dict[str, Any]) -> list[Highlight]:
    """What is kept; without the cache nothing, since every page would have to count."""
    rows: Sequence[dict[str, Any]] | None = []
    with suppress(RedisError):
        rows = cache.get(key)
        if rows is None and cache.add(key, [], timeout=ASKED_AGAIN_AFTER.total_seconds()):
            with suppress(TookTooLong):
                rows = rows_within(PATIENCE, statement, values)
            if rows:
                cache.set(key, rows, timeout=KEPT_FROM_PAGE.total_seconds())
    return [Highlight(**row) for row in rows or []]
