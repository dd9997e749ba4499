"""The log of what runs changed: what a row was before, written in the statement that changes it.

Only changed rows are told. What a run made carries the run itself: entries in their provenance,
adaptations in `run_id`. The log is kept for 180 days.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.scheduling.retention import delete_in_batches

KEPT_FOR = timedelta(days=180)
BOOKKEEPING = (
    *("provenance", "locks", "wikidata_digest", "digest"),
    *("created_at", "updated_at", "changed_at", "first_seen_at"),
)
"""Columns whose change is no change of what an entry says."""
DELETE = """
    WITH gone AS (
        DELETE FROM ingest_change WHERE id IN (
            SELECT id FROM ingest_change WHERE at < %(before)s AND id >= %(after)s ORDER BY id LIMIT %(size)s
        )
        RETURNING id
    )
    SELECT count(*), max(id) FROM gone
"""
LISTS = {
    "credits": ("jsonb_build_array(c.role, c.position, c.person_id, c.name, c.source)", "c.role, c.position"),
    "external_ids": ("jsonb_build_array(c.scheme, c.value, c.source)", "c.scheme, c.value"),
}
"""How the rows c that hang on an entry are told as one value of it, `[["author", 0, 42, "", "wikidata"], …]`, and
their order in it."""


def execute_logged(
    write: str, *, table: str, origin: Origin, key: str = "id", parameters: Mapping[str, Any] | None = None
) -> int:
    """Run a statement that writes to a table and log what it changed there. How many rows it changed.

    `write` is one UPDATE or INSERT … ON CONFLICT DO UPDATE of `table` AS t, without RETURNING, in the names of
    `origin.parameters` and of `parameters`. Works for every table: one whose column `provenance` (field → stamp)
    tells of every field can be taken back where the stamps are still the run's, any other where the values are.
    """
    marks = "{" + ",".join(BOOKKEEPING) + "}"
    logged = statement("logged").format(write=write, table=table, key=key, bookkeeping=marks)
    return execute(logged, {**origin.parameters, **(parameters or {})})


Fields = Mapping[str, Any]
"""Values of a row by column, as JSON has them."""


def write_fields(
    rows: Iterable[tuple[int, Fields, Mapping[str, Any]]],
    *,
    table: str,
    names: Sequence[str],
    origin: Origin,
    key: str = "id",
    more: Sequence[str] = (),
) -> int:
    """Write some fields of some rows (key, fields, stamps) in one logged statement. How many rows it changed.

    `names` are all columns that any row has; `more` are further assignments, which see the stamps as `s.stamps`.
    """
    told = ((row, json.dumps(fields), json.dumps(stamps)) for row, fields, stamps in rows)
    stage("stage_fields", ("row_id", "fields", "stamps"), told, types={"row_id": "bigint"})
    write = statement("fields_written").format(
        table=table,
        key=key,
        columns=", ".join(f'"{name}"' for name in names),
        populated=", ".join(f'p."{name}"' for name in names),
        more="".join(f", {assignment}" for assignment in more),
    )
    return execute_logged(write, table=table, origin=origin, key=key)


@dataclass(frozen=True, slots=True)
class Lists:
    """One kind of rows that hang on staged entries, to be logged when whatever happens next has changed them."""

    name: str
    """A key of LISTS, and of provenance."""
    table: str
    owner: str
    entry: str
    stage_entry: str
    join: str = "wikidata_id"
    """The column by which the stage names entries."""

    def take_images(self) -> None:
        """Keep the lists of all staged entries as they are now. In the caller's transaction."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE IF NOT EXISTS {self._images} (row_id bigint, list jsonb) "
                f"ON COMMIT DELETE ROWS; DELETE FROM {self._images}"
            )
        execute(statement("lists_imaged").format(**self._names), {})

    def log_changes(self, origin: Origin) -> int:
        """Log the lists that differ from their images, and put them down to the origin. How many do."""
        return execute(statement("lists_logged").format(**self._names), origin.parameters)

    def rows(self, query: str, origin: Origin) -> list[int]:
        """Keys of entries by a statement in the names of this list."""
        with connection.cursor() as cursor:
            cursor.execute(statement(query).format(**self._names), origin.parameters)
            return [key for (key,) in cursor.fetchall()]

    @property
    def _images(self) -> str:
        return f"{self.stage_entry}_{self.name}_images"

    @property
    def _names(self) -> dict[str, str]:
        return {
            "name": self.name,
            "table": self.table,
            "owner": self.owner,
            "images": self._images,
            "stage_entry": self.stage_entry,
            "entry": self.entry,
            "join": self.join,
            "list": list_of(self.name, table=self.table, owner=self.owner),
        }


def list_of(name: str, *, table: str, owner: str) -> str:
    """The rows of a table that hang on the entry o, as one JSON array."""
    row, order = LISTS[name]
    return f"(SELECT coalesce(jsonb_agg({row} ORDER BY {order}), '[]') FROM {table} AS c WHERE c.{owner} = o.id)"


def delete_old_changes(*, before: datetime) -> Iterator[int]:
    """Delete what was logged before a time; yields how many after each batch, committed and well below a second."""
    return delete_in_batches(DELETE, before=before)
