"""What a run changed, back as it was: where nobody has changed it since."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from adaptapedia.catalogue.metadata import ScreenMetadata
from adaptapedia.ingest.afresh import read_titles_afresh
from adaptapedia.ingest.changes import LISTS, list_of, write_fields
from adaptapedia.ingest.matching.decisions import drop_decided
from adaptapedia.ingest.merging import PERSON, SCREEN_WORK, WORK, Kind
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reverting.report import Report
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage

BATCH = 1_000
ENTRIES: Mapping[str, Kind] = {kind.table: kind for kind in (WORK, SCREEN_WORK, PERSON)}
NEXT_ROWS = """
    SELECT DISTINCT c.row_id FROM ingest_change AS c
    WHERE c.run_id = %(reverted)s AND c.table_name = %(table)s AND c.row_id > %(after)s AND NOT EXISTS (
        SELECT FROM ingest_change AS done
        WHERE done.run_id = %(run_id)s AND done.table_name = c.table_name AND done.row_id = c.row_id)
    ORDER BY c.row_id LIMIT %(size)s
"""
AFRESH = {"wikidata_digest": "NULL", "digest": "0", "updated_at": "%(at)s", "changed_at": "%(at)s"}
"""Bookkeeping of a restored row, where it has any: its upstream's next record is compared afresh."""


@dataclass(slots=True)
class Row:
    """What of one row goes back, and why the rest does not."""

    fields: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    whose: set[str] = field(default_factory=set)


def tables_changed(run_id: int) -> list[str]:
    """The tables in which a run changed rows; adaptations first, since entries hang on them."""
    query = "SELECT DISTINCT table_name FROM ingest_change WHERE run_id = %s ORDER BY table_name"
    with connection.cursor() as cursor:
        cursor.execute(query, [run_id])
        return [table for (table,) in cursor.fetchall()]


def next_rows(table: str, *, reverted: int, origin: Origin, after: int) -> list[int]:
    """The next thousand rows that the run changed and that have not been looked at."""
    parameters = {"reverted": reverted, "table": table, "after": after, "size": BATCH, **origin.parameters}
    with connection.cursor() as cursor:
        cursor.execute(NEXT_ROWS, parameters)
        return [row for (row,) in cursor.fetchall()]


def restore(table: str, rows: Sequence[int], *, reverted: int, source: str, origin: Origin, report: Report) -> None:
    """Write what a batch of rows was before the run. In the caller's transaction, under the catalogue's lock."""
    found = _former(table, rows, reverted)
    back = {key: row for key, row in found.items() if row.stamps or row.fields}
    if back:
        for name in LISTS:
            _restore_lists(table, name, back, source=source, origin=origin)
        _restore_fields(table, back, origin)
        if table == ScreenMetadata._meta.db_table:
            read_titles_afresh([*back])
    _tell(table, rows, found, report)


def model_of(table: str) -> type[Model]:
    """The model of a table. Raises KeyError when there is none any more."""
    return _models()[table]


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _former(table: str, rows: Sequence[int], reverted: int) -> dict[int, Row]:
    sql = statement("reverted_fields").format(table=table, key=_key(table))
    found: dict[int, Row] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"reverted": reverted, "rows": [*rows]})
        for key, name, was, stamp, whose in cursor.fetchall():
            row = found.setdefault(key, Row())
            if whose:
                row.whose.add(whose)
                continue
            row.stamps[name] = _decoded(stamp)
            if name in LISTS:
                row.lists[name] = _decoded(was)
            elif name != "*":
                row.fields[name] = _decoded(was)
    return found


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _restore_fields(table: str, back: Mapping[int, Row], origin: Origin) -> None:
    key = _key(table)
    names = sorted({name for row in back.values() for name in row.fields}) or [key]
    columns = {column.column for column in model_of(table)._meta.concrete_fields}
    more = [f"{column} = {value}" for column, value in AFRESH.items() if column in columns]
    if "provenance" in columns:
        more.append("provenance = jsonb_strip_nulls(t.provenance || s.stamps::jsonb)")
    rows = [(row_id, row.fields, row.stamps) for row_id, row in back.items()]
    write_fields(rows, table=table, names=names, origin=origin, key=key, more=more)


def _restore_lists(table: str, name: str, back: Mapping[int, Row], *, source: str, origin: Origin) -> None:
    rows = [(row_id, json.dumps(row.lists[name])) for row_id, row in back.items() if name in row.lists]
    if not rows:
        return
    kind = ENTRIES[table]
    hanging = kind.credits if name == "credits" else kind.external_ids
    stage("stage_reverted_list", ("row_id", "list"), rows, types={"row_id": "bigint"})
    row, _ = LISTS[name]
    names = {
        "name": name,
        "table": hanging,
        "owner": kind.owner,
        "entry": table,
        "row": row,
        "list": list_of(name, table=hanging, owner=kind.owner),
    }
    execute(statement("reverted_lists").format(**names), {**origin.parameters, "source": source})
    execute(statement(f"reverted_{name}").format(**names), {})
    if hanging == SCREEN_WORK.external_ids:
        drop_decided([key for key, _ in rows])


def _tell(table: str, rows: Sequence[int], found: Mapping[int, Row], report: Report) -> None:
    kind = kind_name(table)
    restored = [key for key, row in found.items() if row.stamps or row.fields]
    if restored:
        report.count(kind, "restored", len(restored))
        for key, name in names_of(model_of(table), restored[: report.room]):
            report.show(kind, name, "back: " + ", ".join(sorted({*found[key].fields, *found[key].lists} or {"source"})))
    for key in rows:
        if key not in found:
            report.leave(kind, f"#{key}", "it is gone")
    others = [key for key, row in found.items() if row.whose]
    for key, name in names_of(model_of(table), others):
        for whose in sorted(found[key].whose):
            report.leave(kind, name, f"changed since by {'a person' if whose == 'person' else whose}")


def kind_name(table: str) -> str:
    """What the rows of a table are called in reports."""
    return str(model_of(table)._meta.verbose_name_plural).replace(" ", "_")


def names_of(model: type[Model], keys: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The names of rows, in the order of their keys."""
    rows = model._default_manager.filter(pk__in=keys).order_by("pk")
    if model._meta.db_table == "catalogue_adaptation":
        rows = rows.select_related("screen_work", "work", "original")
    return ((row.pk, str(row)) for row in rows)


def _key(table: str) -> str:
    return str(model_of(table)._meta.pk.column)
