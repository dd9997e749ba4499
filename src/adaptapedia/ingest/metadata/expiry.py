"""What TMDb has not confirmed for six months goes: its terms allow no more."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from adaptapedia.catalogue.actions import UNREAD
from adaptapedia.catalogue.models import Person, ScreenMetadata
from adaptapedia.desk.changes import not_kept
from adaptapedia.ingest.afresh import read_titles_afresh
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.staging import array

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=183)
"""TMDb's terms of use of its API: nothing is kept longer than six months without being refreshed."""
BATCH = 1_000

_DUE = """
    FROM catalogue_screenmetadata AS m
    LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = m.kind || '/' || m.tmdb_id
    WHERE coalesce(s.refreshed_at, m.changed_at) < %s
      -- Emptied before: all that is left is a person's.
      AND (m.locks = '{}' OR jsonb_path_exists(m.provenance, '$.*[0] ? (@ != "person")'))
"""
_EXPIRED = f"""
    SELECT m.kind || '/' || m.tmdb_id, m.screen_work_id {_DUE} ORDER BY m.screen_work_id LIMIT %s FOR UPDATE OF m
"""
_DELETED = "DELETE FROM catalogue_screenmetadata WHERE screen_work_id = ANY(%s::bigint[]) AND locks = '{}'"
_CREDITS = """
    DELETE FROM catalogue_screencredit AS c USING catalogue_screenwork AS e
    WHERE e.id = c.screen_work_id AND e.id = ANY(%s::bigint[]) AND c.source = 'tmdb' AND NOT e.locks ? 'credits'
    RETURNING c.screen_work_id, c.role, c.position, c.person_id
"""
_REJECTS_OF_TITLES = "DELETE FROM ingest_reject WHERE source = 'tmdb' AND key = ANY(%s)"
_REJECTS = """
    DELETE FROM ingest_reject AS r WHERE r.source = 'tmdb' AND r.first_seen_at < %(before)s AND NOT EXISTS (
        SELECT FROM ingest_sourcestate AS s WHERE s.source = 'tmdb' AND s.key = r.key AND s.read_at >= %(before)s)
"""
_CANDIDATES = """
    UPDATE ingest_match AS t SET candidates = (
        SELECT jsonb_agg(one.told || '{"title": "", "original_title": "", "language": "", "year": null}' ORDER BY place)
        FROM jsonb_array_elements(t.candidates) WITH ORDINALITY AS one (told, place)
    )
    WHERE t.id IN (
        SELECT m.id FROM ingest_match AS m
        WHERE m.found_at < %(before)s AND jsonb_path_exists(m.candidates, '$[*] ? (@.title != "")')
          AND NOT EXISTS (
            SELECT FROM ingest_sourcestate AS s WHERE s.source = 'tmdb' AND s.key = 'screen/' || m.screen_work_id
               AND s.outcome IN ('', 'review') AND s.read_at >= %(before)s)
        ORDER BY m.id LIMIT %(size)s
    )
"""
_ORPHANS = """
    SELECT p.id FROM catalogue_person AS p
    WHERE p.wikidata_id IS NULL AND p.provenance @> '{"*": ["tmdb"]}' AND p.locks = '{}'
      AND NOT EXISTS (SELECT FROM catalogue_screencredit AS c WHERE c.person_id = p.id)
      AND NOT EXISTS (SELECT FROM catalogue_workcredit AS c WHERE c.person_id = p.id)
    ORDER BY p.id LIMIT %s
"""


class Expired(NamedTuple):
    """What went in one batch: titles as TMDb's addresses spell them, and numbers of rows."""

    titles: tuple[str, ...] = ()
    credits: int = 0
    people: int = 0
    matches: int = 0


def count_expired(*, before: datetime) -> int:
    """How many titles `expire_titles` would remove."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_DUE}", [before])
        (number,) = cursor.fetchone() or (0,)
        return int(number)


def expire_titles(*, before: datetime) -> Iterator[Expired]:
    """Remove metadata last confirmed before then with the credits that came with them, a batch a transaction.

    Of those in which a person has locked something, that stays.
    """
    while (gone := _expire(before)).titles:
        yield gone


def empty_candidates(*, before: datetime) -> Iterator[Expired]:
    """Empty the words of candidates last found before then, a batch a transaction; which titles they are stays known.

    Rejects of TMDb's that old go too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REJECTS, {"before": before})
    while (gone := _empty_candidates(before)).matches:
        yield gone


def remove_orphans() -> Iterator[Expired]:
    """Remove people whom only TMDb knew and nobody credits any more, a batch a transaction.

    Who was mended by a person stays.
    """
    while (gone := _remove_orphans()).people:
        yield gone


@transaction.atomic
def _expire(before: datetime) -> Expired:
    lock_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRED, [before, BATCH])
        rows = cursor.fetchall()
        cursor.execute(_DELETED, [array([key for _, key in rows])])
        _empty([key for _, key in rows])
        cursor.execute(_REJECTS_OF_TITLES, [[title for title, _ in rows]])
        cursor.execute(_CREDITS, [array([key for _, key in rows])])
        credits = cursor.fetchall()
    for key, role, position, person in credits:
        log.info("TMDb's credit of screen work %s goes: %s %s, person %s", key, role, position, person)
    for title, key in rows:
        log.info("TMDb's %s of screen work %s goes: not refreshed since %s at the latest", title, key, before.date())
    return Expired(tuple(title for title, _ in rows), len(credits))


def _empty(keys: Sequence[int]) -> None:
    """Leave of metadata what a person has locked; the rest comes again when TMDb tells it."""
    held = ScreenMetadata.objects.filter(pk__in=keys)
    with not_kept():
        for row in held:
            ScreenMetadata(
                screen_work_id=row.pk,
                kind=row.kind,
                tmdb_id=row.tmdb_id,
                digest=UNREAD,
                changed_at=row.changed_at,
                locks=row.locks,
                provenance={field: row.provenance[field] for field in row.locks if field in row.provenance},
                **{field: getattr(row, field) for field in row.MENDED if field in row.locks},
            ).save()
    read_titles_afresh([row.pk for row in held])


@transaction.atomic
def _empty_candidates(before: datetime) -> Expired:
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"before": before, "size": BATCH})
        return Expired(matches=cursor.rowcount)


@transaction.atomic
def _remove_orphans() -> Expired:
    lock_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, [BATCH])
        keys = [key for (key,) in cursor.fetchall()]
    for key in keys:
        log.info("Person %s goes: only TMDb knew them, and nobody credits them", key)
    _, of = Person.objects.filter(pk__in=keys).delete()
    return Expired(people=of.get(Person._meta.label, 0))
