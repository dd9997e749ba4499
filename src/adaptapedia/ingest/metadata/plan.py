"""What is asked for, in which order: whoever has waited longest comes first, so that nothing starves.

Each class (titles without metadata, screen works without a title, titles to read again) is ordered by when
it was last asked for, those never asked for first, and has a share of its own of a run's requests and of its time.
With N waiting in a class and a share of S requests a run at C requests each, every one of them is asked for
within ceil(N * C / S) runs, however many of them can never be filled. Where TMDb is so slow that a run's time ends
before its requests do, S is what it answers in the class's share of the time.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from adaptapedia.ingest.matching.numbers import REF, REFUSED
from adaptapedia.ingest.metadata.rows import ROW_VERSION
from adaptapedia.ingest.staging import array
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef


class Wanted(NamedTuple):
    """A title to ask for, the screen works that are it, and the ETag of what they have from it.

    The ETag is empty where rows were made otherwise when it came: an answer that nothing is new would keep them so.
    """

    ref: TitleRef
    screen_works: tuple[int, ...]
    etag: str


_TITLES = """
    WITH ref AS MATERIALIZED (
        -- Of several numbers of one screen work: one that TMDb still has, a person's word, then Wikidata's or a
        -- file's, one that was taken before, one of its own kind.
        SELECT DISTINCT ON (x.screen_work_id) x.screen_work_id, x.value::bigint AS tmdb_id,
               CASE x.scheme WHEN 'tmdb_movie' THEN 'movie' ELSE 'tv' END AS kind
        FROM catalogue_screenexternalid AS x
        JOIN catalogue_screenwork AS e ON e.id = x.screen_work_id AND e.retired_at IS NULL
        LEFT JOIN ingest_sourcestate AS gone ON gone.source = 'tmdb' AND gone.outcome = 'gone'
             AND gone.key = {ref}
        LEFT JOIN ingest_match AS taken
             ON taken.screen_work_id = x.screen_work_id AND taken.state = 'accepted' AND taken.ref = {ref}
        WHERE x.scheme IN ('tmdb_movie', 'tmdb_tv') AND x.value ~ '^[1-9][0-9]{{0,9}}$' AND NOT {refused}
        ORDER BY x.screen_work_id, gone.key IS NOT NULL, x.source = 'person' DESC, x.source = 'tmdb',
                 taken.id IS NULL,
                 ((x.scheme = 'tmdb_tv') = (e.kind IN ('series', 'miniseries'))) DESC, x.value::bigint
    ), title AS (
        SELECT r.kind, r.tmdb_id, array_agg(r.screen_work_id ORDER BY r.screen_work_id) AS screen_works,
               bool_and(m.screen_work_id IS NOT NULL) AS filled
        FROM ref AS r
        LEFT JOIN catalogue_screenmetadata AS m
             ON m.screen_work_id = r.screen_work_id AND m.kind = r.kind AND m.tmdb_id = r.tmdb_id
        GROUP BY r.kind, r.tmdb_id
    )
    SELECT t.kind, t.tmdb_id, t.screen_works, CASE WHEN t.filled AND s.version = %(version)s THEN s.etag ELSE '' END
    FROM title AS t
    LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = t.kind || '/' || t.tmdb_id
    WHERE {condition}
    ORDER BY s.read_at NULLS FIRST, t.kind, t.tmdb_id LIMIT %(limit)s
"""
_NOT_YET = "(s.read_at IS NULL OR s.read_at < %(since)s)"

_UNMATCHED = f"""
    SELECT e.id FROM catalogue_screenwork AS e
    LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = 'screen/' || e.id
    WHERE e.retired_at IS NULL AND {_NOT_YET}
      AND NOT EXISTS (
        SELECT FROM catalogue_screenexternalid AS x
        WHERE x.screen_work_id = e.id AND x.scheme IN ('tmdb_movie', 'tmdb_tv') AND NOT {REFUSED}
          AND NOT EXISTS (
            SELECT FROM ingest_sourcestate AS gone
            WHERE gone.source = 'tmdb' AND gone.outcome = 'gone' AND gone.key = {REF})
      )
      AND NOT EXISTS (
        SELECT FROM ingest_match AS word WHERE word.screen_work_id = e.id
           AND (word.state = 'none' OR (word.state = 'accepted' AND word.decided_at IS NOT NULL)))
    ORDER BY s.read_at NULLS FIRST, e.id LIMIT %(limit)s
"""
_UNMATCHED_FAILED = """
    SELECT e.id FROM ingest_sourcestate AS s
    JOIN catalogue_screenwork AS e ON e.id = substr(s.key, 8)::bigint AND e.retired_at IS NULL
    WHERE s.source = 'tmdb' AND s.outcome = 'failed' AND s.run_id = %(run_id)s AND s.key LIKE 'screen/%%'
    ORDER BY s.key LIMIT %(limit)s
"""


def without_metadata(*, since: datetime, limit: int) -> list[Wanted]:
    """Titles of screen works that have none, or another's, not asked for since then."""
    return _titles(f"NOT t.filled AND {_NOT_YET}", since=since, limit=limit)


def stalest(*, since: datetime, limit: int) -> list[Wanted]:
    """Titles that have been read before, not asked for since then."""
    return _titles(f"t.filled AND {_NOT_YET}", since=since, limit=limit)


def changed(refs: Collection[TitleRef], *, since: datetime, limit: int) -> list[Wanted]:
    """Those of these titles that have been read before, not asked for since then."""
    movies, series = (
        array([ref.tmdb_id for ref in refs if ref.kind is kind]) for kind in (TitleKind.MOVIE, TitleKind.TV)
    )
    among = (
        "(t.kind = 'movie' AND t.tmdb_id = ANY(%(movies)s::bigint[])"
        " OR t.kind = 'tv' AND t.tmdb_id = ANY(%(series)s::bigint[]))"
    )
    condition = f"t.filled AND {_NOT_YET} AND {among}"
    return _titles(condition, since=since, limit=limit, movies=movies, series=series)


def titles_failed(*, run_id: int, limit: int) -> list[Wanted]:
    """Titles that this run was the last to ask for, in vain."""
    return _titles("s.outcome = 'failed' AND s.run_id = %(run_id)s", run_id=run_id, limit=limit)


def unmatched(*, since: datetime, limit: int) -> list[int]:
    """Screen works without any number of TMDb's, but for refused ones and those of titles that are gone, that were
    not looked for since then.

    Not those of which a person said which title they are, or that TMDb does not have them.
    """
    return _keys(_UNMATCHED, since=since, limit=limit)


def unmatched_failed(*, run_id: int, limit: int) -> list[int]:
    """Screen works that this run was the last to look for, without an answer."""
    return _keys(_UNMATCHED_FAILED, run_id=run_id, limit=limit)


def _titles(condition: str, **values: Any) -> list[Wanted]:
    with connection.cursor() as cursor:
        cursor.execute(
            _TITLES.format(condition=condition, ref=REF, refused=REFUSED), {**values, "version": ROW_VERSION}
        )
        return [
            Wanted(TitleRef(TitleKind(kind), tmdb_id), tuple(screen_works), etag)
            for kind, tmdb_id, screen_works, etag in cursor.fetchall()
        ]


def _keys(query: str, **values: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [key for (key,) in cursor.fetchall()]
