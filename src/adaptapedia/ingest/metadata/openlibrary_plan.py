"""What Open Library is asked for: whoever has waited longest comes first."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

RECORDS_KEPT = timedelta(days=7)
"""A record is asked for again after a week: a hundred come with one request."""
DESCRIPTIONS_KEPT = timedelta(days=90)
"""A description costs a request of its own, and seldom changes. So does asking for one that is not there."""


class WantedWork(NamedTuple):
    """A work of Open Library, and the works of ours that are it."""

    key: str
    works: tuple[int, ...]
    again: bool
    """Whether this run asked for it before, and counted an error."""


_DUE = """
    s.read_at IS NULL OR s.read_at < %(stale)s OR (s.outcome = 'failed' AND s.read_at < %(attempt)s)
"""
_RECORDS = """
    WITH chosen AS MATERIALIZED (
        -- Of several keys of one work: one that is still there, a person's word, one that is given before one that
        -- another was merged into, the oldest.
        SELECT DISTINCT ON (x.work_id) x.work_id, x.value AS key
        FROM catalogue_workexternalid AS x
        JOIN catalogue_work AS e ON e.id = x.work_id AND e.retired_at IS NULL
        LEFT JOIN ingest_sourcestate AS gone
             ON gone.source = 'open_library' AND gone.key = x.value AND gone.outcome IN ('gone', 'moved')
        WHERE x.scheme = 'open_library' AND x.value ~ '^OL[1-9][0-9]{{0,9}}W$'
        ORDER BY x.work_id, gone.key IS NOT NULL, x.source = 'person' DESC, x.source = 'open_library',
                 length(x.value), x.value
    )
    SELECT c.key, array_agg(c.work_id ORDER BY c.work_id),
           coalesce(s.outcome = 'failed' AND s.read_at >= %(since)s, false)
    FROM chosen AS c LEFT JOIN ingest_sourcestate AS s ON s.source = 'open_library' AND s.key = c.key
    WHERE {condition}
    GROUP BY c.key, s.read_at, s.outcome ORDER BY s.read_at NULLS FIRST, c.key LIMIT %(limit)s
"""
_DESCRIPTIONS = f"""
    SELECT m.key, array_agg(m.work_id ORDER BY m.work_id),
           coalesce(s.outcome = 'failed' AND s.read_at >= %(since)s, false)
    FROM catalogue_workmetadata AS m
    JOIN catalogue_work AS e ON e.id = m.work_id AND e.retired_at IS NULL
    LEFT JOIN ingest_sourcestate AS s ON s.source = 'open_library' AND s.key = m.key || '/text'
    WHERE {_DUE}
    GROUP BY m.key, s.read_at, s.outcome ORDER BY s.read_at NULLS FIRST, m.key LIMIT %(limit)s
"""


def records_due(*, since: datetime, attempt: datetime, limit: int) -> list[WantedWork]:
    """Works whose records were never asked for, a week before `since`, or failed before `attempt`."""
    return _due(_RECORDS.format(condition=_DUE), since, RECORDS_KEPT, attempt, limit)


def records_missing(*, since: datetime, limit: int) -> list[WantedWork]:
    """Works that a search left out, which are to be asked for by themselves."""
    return _due(_RECORDS.format(condition="s.outcome = 'missing'"), since, RECORDS_KEPT, since, limit)


def descriptions_due(*, since: datetime, attempt: datetime, limit: int) -> list[WantedWork]:
    """Works with a record whose description was never asked for, three months before `since`, or failed then."""
    return _due(_DESCRIPTIONS, since, DESCRIPTIONS_KEPT, attempt, limit)


def _due(query: str, since: datetime, kept: timedelta, attempt: datetime, limit: int) -> list[WantedWork]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"since": since, "stale": since - kept, "attempt": attempt, "limit": limit})
        return [WantedWork(key, tuple(works), again) for key, works, again in cursor.fetchall()]
