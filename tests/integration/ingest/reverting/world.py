"""Runs to take back, and what the catalogue says before and after."""

from dataclasses import replace
from typing import Any

from django.db import connection

from adaptapedia.ingest.reverting.report import Report
from adaptapedia.scheduling.models import JobRun
from adaptapedia.sources.wikidata.records import Text
from tests.integration.ingest.test_merging import DUNE

CHANGED = replace(DUNE, label=Text("Arrakis", "fr"), published=1963, isbn=("9780000000000",), authors=(2071,))


def make_run(number: int, **fields: Any) -> JobRun:
    terms = {"schedule_name": "daily-wikidata-ingestion", "task": "t", "queue": "long", "trigger": "tick"}
    return JobRun.objects.create(pk=number, **{**terms, "state": JobRun.State.SUCCEEDED, **fields})


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the catalogue, but for bookkeeping that a reversal touches."""
    left_out = {"wikidata_digest", "updated_at"}
    told = {}
    with connection.cursor() as cursor:
        for table in sorted(name for name in connection.introspection.table_names() if name.startswith("catalogue_")):
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            wanted = [c for c in columns if c not in left_out and not (c == "id" and table.endswith(("credit", "id")))]
            cursor.execute(
                f"SELECT row ({', '.join(map(connection.ops.quote_name, wanted))})::text FROM {table} ORDER BY 1"
            )
            told[table] = cursor.fetchall()
    return told


def counts(report: Report) -> dict[str, tuple[int, int, int]]:
    return {kind: (row["restored"], row["deleted"], row["left"]) for kind, row in report.counts.items()}
