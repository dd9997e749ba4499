"""What TMDb has not confirmed for six months goes: its terms allow no more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from adaptapedia.catalogue.models import Person
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.metadata.removing import BATCH, TELLS, Removed, remove_titles
from adaptapedia.ingest.models import Removal
from adaptapedia.ingest.sql import scalar

KEPT_FOR = timedelta(days=183)
"""TMDb's terms of use of its API: nothing is kept longer than six months without being refreshed."""

_DUE = f"""
    FROM catalogue_screenmetadata AS m
    LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = m.kind || '/' || m.tmdb_id
    WHERE coalesce(s.refreshed_at, m.changed_at) < %(before)s AND {TELLS}
"""
_EXPIRED = f"SELECT m.screen_work_id {_DUE} ORDER BY m.screen_work_id LIMIT %(size)s"
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
    SELECT p.id, coalesce((
        SELECT x.value FROM catalogue_personexternalid AS x
        WHERE x.person_id = p.id AND x.scheme = 'tmdb_person' ORDER BY x.id LIMIT 1), '')
    FROM catalogue_person AS p
    WHERE p.wikidata_id IS NULL AND p.provenance @> '{"*": ["tmdb"]}' AND p.locks = '{}'
      AND NOT EXISTS (SELECT FROM catalogue_screencredit AS c WHERE c.person_id = p.id)
      AND NOT EXISTS (SELECT FROM catalogue_workcredit AS c WHERE c.person_id = p.id)
    ORDER BY p.id LIMIT %s
"""


class Expired(NamedTuple):
    """What went in one batch besides titles: numbers of rows."""

    people: int = 0
    matches: int = 0


def count_expired(*, before: datetime) -> int:
    """How many titles `expire_titles` would remove."""
    return scalar(f"SELECT count(*) {_DUE}", {"before": before})


def expire_titles(*, before: datetime, run_id: int) -> Iterator[Removed]:
    """Remove metadata last confirmed before then with the credits that came with them, a batch a transaction.

    Of those in which a person has locked something, that stays.
    """
    while (gone := _expire(before, run_id)).keys:
        yield gone


def empty_candidates(*, before: datetime) -> Iterator[Expired]:
    """Empty the words of candidates last found before then, a batch a transaction; which titles they are stays known.

    Rejects of TMDb's that old go too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REJECTS, {"before": before})
    while (gone := _empty_candidates(before)).matches:
        yield gone


def remove_orphans(*, run_id: int) -> Iterator[Expired]:
    """Remove people whom only TMDb knew and nobody credits any more, a batch a transaction.

    Who was mended by a person stays.
    """
    while (gone := _remove_orphans(run_id)).people:
        yield gone


@transaction.atomic
def _expire(before: datetime, run_id: int) -> Removed:
    lock_catalogue()
    gone = remove_titles(_EXPIRED, reason=Removal.Reason.EXPIRED, run_id=run_id, before=before, size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute(_REJECTS_OF_TITLES, [[*gone.keys]])
    return gone


@transaction.atomic
def _empty_candidates(before: datetime) -> Expired:
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"before": before, "size": BATCH})
        return Expired(matches=cursor.rowcount)


@transaction.atomic
def _remove_orphans(run_id: int) -> Expired:
    lock_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, [BATCH])
        numbers = dict(cursor.fetchall())
    _, of = Person.objects.filter(pk__in=numbers).delete()
    why = {"source": "tmdb", "reason": Removal.Reason.UNCREDITED, "run_id": run_id, "removed_at": timezone.now()}
    Removal.objects.bulk_create(
        Removal(key=f"person/{number}", entry_id=person, **why) for person, number in numbers.items()
    )
    return Expired(people=of.get(Person._meta.label, 0))
