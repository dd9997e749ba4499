"""What TMDb and Open Library told of entries goes, for its age or because it is told of something else.

Each that goes leaves a `Removal`, which names it and says nothing of what was told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from adaptapedia.catalogue.actions import UNREAD
from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.desk.changes import not_kept
from adaptapedia.ingest.afresh import read_titles_afresh
from adaptapedia.ingest.matching.numbers import NOT_TAKEN
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.models import Removal
from adaptapedia.ingest.sql import statement
from adaptapedia.ingest.staging import array

BATCH = 1_000
TELLS = """(m.locks = '{}' OR jsonb_path_exists(m.provenance, '$.*[0] ? (@ != "person")'))"""
"""Whether anything in a row is TMDb's: where a person has locked some of it, that may be all that is left."""
_UNTIED = f"""
    SELECT m.screen_work_id FROM catalogue_screenmetadata AS m
    WHERE {TELLS.replace("{}", "{{}}")} AND {{among}} AND NOT EXISTS (
        SELECT FROM catalogue_screenexternalid AS x
        WHERE x.screen_work_id = m.screen_work_id AND x.value = m.tmdb_id::text
          AND x.scheme = CASE m.kind WHEN 'movie' THEN 'tmdb_movie' ELSE 'tmdb_tv' END AND NOT {NOT_TAKEN})
    ORDER BY m.screen_work_id LIMIT %(size)s
"""


class Removed(NamedTuple):
    """What went in one batch: titles or works as their upstream's addresses spell them, and how many credits."""

    keys: tuple[str, ...] = ()
    credits: int = 0


def remove_titles(screen_works: str, *, reason: Removal.Reason, run_id: int | None, **parameters: Any) -> Removed:
    """Remove TMDb's metadata and credits of the screen works that a query selects. In the caller's transaction.

    What a person has locked stays.
    """
    sql = statement("titles_removed").format(screen_works=screen_works)
    removed, told_of = _removed(sql, {**parameters, "reason": reason, "run_id": run_id})
    _empty(told_of)
    return removed


def untie_titles(screen_works: Collection[int], *, run_id: int | None) -> Removed:
    """Remove what is told of these screen works by a number that is not, or no longer, taken to be theirs.

    What a person has locked stays. `run_id` is None where a person decided. In the caller's transaction.
    """
    among = {"keys": array(screen_works), "size": len(screen_works)}
    return _untie_titles("m.screen_work_id = ANY(%(keys)s::bigint[])", run_id=run_id, **among)


def untie_all(*, run_id: int) -> Iterator[Removed]:
    """The same of all screen works, and of works whose key of Open Library has gone; a batch a transaction."""
    while (removed := _untie_batch(run_id)).keys:
        yield removed


@transaction.atomic
def _untie_batch(run_id: int) -> Removed:
    lock_catalogue()
    if (titles := _untie_titles("true", run_id=run_id, size=BATCH)).keys:
        return titles
    terms = {"reason": Removal.Reason.UNTIED, "run_id": run_id, "size": BATCH}
    removed, _ = _removed(statement("works_removed"), terms)
    return removed


def _untie_titles(among: str, *, run_id: int | None, **parameters: Any) -> Removed:
    return remove_titles(_UNTIED.format(among=among), reason=Removal.Reason.UNTIED, run_id=run_id, **parameters)


def _removed(sql: str, parameters: Mapping[str, Any]) -> tuple[Removed, list[int]]:
    """What went, and the entries of which it was told."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "at": timezone.now()})
        rows = cursor.fetchall()
    removed = Removed(tuple(key for key, _, _ in rows), sum(credits for _, credits, _ in rows))
    return removed, [entry for _, _, entry in rows]


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
