"""Titles of TMDb and works of Open Library → their tables, a batch at a time, one statement a table.

Every function runs in the caller's transaction and writes nothing for what is unchanged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from adaptapedia.ingest.changes import Lists, execute_logged
from adaptapedia.ingest.differences import note_differences
from adaptapedia.ingest.merging import SCREEN_WORK, WORK, Kind, lock_catalogue, standing
from adaptapedia.ingest.metadata.people import people_of
from adaptapedia.ingest.metadata.rows import (
    TITLE_TYPES,
    WORK_TYPES,
    Credit,
    TitleRow,
    WorkRow,
    credits_of,
    title_row,
    work_row,
)
from adaptapedia.ingest.models import Difference
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import array, stage
from adaptapedia.sources.openlibrary.records import Description, OpenLibraryWork
from adaptapedia.sources.tmdb.records import Title


class Target(NamedTuple):
    """One table of metadata, as its statements name it."""

    table: str
    stage: str
    entry: Kind
    columns: tuple[str, ...]
    types: Mapping[str, str]
    kind: str

    @property
    def owner(self) -> str:
        return self.entry.owner


TITLES = Target(
    "catalogue_screenmetadata",
    "stage_screen_metadata",
    SCREEN_WORK,
    TitleRow._fields,
    TITLE_TYPES,
    Difference.Kind.SCREEN_METADATA,
)
CREDITS = Lists(
    "credits",
    "catalogue_screencredit",
    owner="screen_work_id",
    entry="catalogue_screenwork",
    stage_entry="stage_credited",
    join="id",
)
IDS = Lists(
    "external_ids",
    "catalogue_workexternalid",
    owner="work_id",
    entry="catalogue_work",
    stage_entry="stage_moved",
    join="id",
)
WORKS = Target(
    "catalogue_workmetadata", "stage_work_metadata", WORK, WorkRow._fields, WORK_TYPES, Difference.Kind.WORK_METADATA
)


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows of metadata that are new or different now, and those that are as they were."""

    enriched: int = 0
    unchanged: int = 0


def merge_titles(titles: Sequence[tuple[int, Title]], *, origin: Origin) -> Merged:
    """Bring the metadata and credits of screen works up to date; each comes with its key, once.

    One that is gone by now, as when it was merged into another, is passed over.
    """
    known = _digests(TITLES, [key for key, _ in titles])
    rows = {key: title_row(title, screen_work_id=key) for key, title in titles}
    changed = [(key, title) for key, title in titles if known.get(key) != rows[key].digest]
    if changed:
        lock_catalogue()
        there = standing(SCREEN_WORK, [key for key, _ in changed])
        changed = [(key, title) for key, title in changed if key in there]
        _merge(TITLES, [rows[key] for key, _ in changed], origin)
        _merge_credits(changed, origin)
    return Merged(len(changed), len(titles) - len(changed))


def merge_open_library(works: Sequence[tuple[int, OpenLibraryWork]], *, origin: Origin) -> Merged:
    """Bring the metadata of works up to date; each comes with its key, once. Descriptions stay as they are.

    One that is gone by now is passed over.
    """
    known = _digests(WORKS, [key for key, _ in works])
    rows = [work_row(work, work_id=key) for key, work in works]
    changed = [row for row in rows if known.get(row.work_id) != row.digest]
    if changed:
        lock_catalogue()
        there = standing(WORK, [row.work_id for row in changed])
        changed = [row for row in changed if row.work_id in there]
        _merge(WORKS, changed, origin)
    return Merged(len(changed), len(rows) - len(changed))


def merge_descriptions(descriptions: Sequence[tuple[int, Description]], *, origin: Origin) -> Merged:
    """Bring the descriptions of works up to date that have metadata already."""
    lock_catalogue()
    columns = ("work_id", "description")
    stage("stage_description", columns, ((key, told.text) for key, told in descriptions), types=WORK_TYPES)
    note_differences(
        WORKS.kind,
        table=WORKS.table,
        stage="stage_description",
        fields=columns[1:],
        origin=origin,
        join=WORKS.owner,
    )
    enriched = execute_logged(statement("descriptions"), table=WORKS.table, origin=origin, key=WORKS.owner)
    return Merged(enriched, len(descriptions) - enriched)


def note_moved(moved: Sequence[tuple[int, str]], *, origin: Origin) -> None:
    """Give works the keys of what their own were merged into, unless a person has locked their ids."""
    if moved:
        lock_catalogue()
        stage("stage_moved", ("id", "value"), moved, types={"id": "bigint"})
        IDS.take_images()
        execute(statement("moved"), origin.parameters)
        IDS.log_changes(origin)


def _digests(target: Target, keys: Sequence[int]) -> dict[int, int]:
    query = f"SELECT {target.owner}, digest FROM {target.table} WHERE {target.owner} = ANY(%s::bigint[])"
    with connection.cursor() as cursor:
        cursor.execute(query, [array(keys)])
        return dict(cursor.fetchall())


def _merge(target: Target, rows: Iterable[tuple[object, ...]], origin: Origin) -> None:
    stage(target.stage, target.columns, rows, types=target.types)
    told = [column for column in target.columns if column not in {target.owner, "digest"}]
    note_differences(target.kind, table=target.table, stage=target.stage, fields=told, origin=origin, join=target.owner)
    execute_logged(_metadata_sql(target), table=target.table, origin=origin, key=target.owner)


def _merge_credits(titles: Sequence[tuple[int, Title]], origin: Origin) -> None:
    """TMDb's word counts for the roles that nobody else has filled."""
    filled = _filled_roles([key for key, _ in titles])
    credits = [
        (key, credit) for key, title in titles for credit in credits_of(title) if (key, credit.role) not in filled
    ]
    people = people_of(_names(credit for _, credit in credits), origin=origin)
    rows = ((key, credit.role, credit.position, people[credit.tmdb_person]) for key, credit in credits)
    types = {"screen_work_id": "bigint", "position": "smallint", "person_id": "bigint"}
    stage("stage_title_credit", ("screen_work_id", "role", "position", "person_id"), rows, types=types)
    stage("stage_credited", ("id",), ((key,) for key, _ in titles), types={"id": "bigint"})
    CREDITS.take_images()
    execute(statement("metadata_credits_removed"), origin.parameters)
    execute(statement("metadata_credits"), origin.parameters)
    CREDITS.log_changes(origin)


def _names(credits: Iterable[Credit]) -> dict[int, str]:
    return {credit.tmdb_person: credit.name for credit in credits}


def _filled_roles(keys: Sequence[int]) -> set[tuple[int, str]]:
    """Roles of screen works that another source, or a person, has filled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT screen_work_id, role FROM catalogue_screencredit "
            "WHERE screen_work_id = ANY(%s::bigint[]) AND source <> 'tmdb'",
            [array(keys)],
        )
        return set(cursor.fetchall())


def _metadata_sql(target: Target) -> str:
    names = [column for column in target.columns if column not in {target.owner, "digest"}]
    differs = {n: f"(t.{_q(n)} IS DISTINCT FROM excluded.{_q(n)} AND NOT t.locks ? '{n}')" for n in names}
    return statement("metadata").format(
        table=target.table,
        stage=target.stage,
        owner=target.owner,
        columns=", ".join(map(_q, names)),
        staged=", ".join(f"s.{_q(n)}" for n in names),
        assignments=", ".join(
            f"{_q(n)} = CASE WHEN {differs[n]} THEN excluded.{_q(n)} ELSE t.{_q(n)} END" for n in names
        ),
        stamps=", ".join(f"'{n}', CASE WHEN {differs[n]} THEN %(stamp)s::jsonb END" for n in names),
    )


def _q(column: str) -> str:
    """`cast` is a word of SQL."""
    return f'"{column}"'
