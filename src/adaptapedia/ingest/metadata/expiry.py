"""What TMDb has not confirmed for six months goes: its terms allow no more."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from adaptapedia.catalogue.models import Person
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
"""
_EXPIRED = f"""
    DELETE FROM catalogue_screenmetadata AS m WHERE m.screen_work_id IN (
        SELECT m.screen_work_id {_DUE} ORDER BY m.screen_work_id LIMIT %s
    )
    RETURNING m.kind || '/' || m.tmdb_id, m.screen_work_id
"""
_CREDITS = """
    DELETE FROM catalogue_screencredit AS c USING catalogue_screenwork AS e
    WHERE e.id = c.screen_work_id AND e.id = ANY(%s::bigint[]) AND c.source = 'tmdb' AND NOT e.locks ? 'credits'
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


def count_expired(*, before: datetime) -> int:
    """How many titles `expire_titles` would remove."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_DUE}", [before])
        (number,) = cursor.fetchone() or (0,)
        return int(number)


def expire_titles(*, before: datetime) -> Iterator[Expired]:
    """Remove metadata last confirmed before then with the credits that came with them, a batch a transaction."""
    while (gone := _expire(before)).titles:
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
        cursor.execute(_CREDITS, [array([key for _, key in rows])])
        credits = cursor.rowcount
    for title, key in rows:
        log.info("TMDb's %s of screen work %s goes: not refreshed since %s at the latest", title, key, before.date())
    return Expired(tuple(title for title, _ in rows), credits)


@transaction.atomic
def _remove_orphans() -> Expired:
    lock_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, [BATCH])
        keys = [key for (key,) in cursor.fetchall()]
    _, of = Person.objects.filter(pk__in=keys).delete()
    return Expired(people=of.get(Person._meta.label, 0))
