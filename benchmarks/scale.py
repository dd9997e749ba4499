"""Whole sweeps into catalogues of 10,000, 100,000 and 1,000,000 pairs: new, unchanged, one item in a hundred changed.

    .venv/bin/python benchmarks/scale.py [--pairs 10000 100000 1000000]

The way is that of the daily job, from the upstream's records through a sweep's tables into the catalogue; the
upstream itself answers at once, and the time it takes to make up its answers is left out. On servers of its own, a
database for each size. The peer, `get_or_create` through the ORM row by row, writes 1,000 pairs in the same run: it
does not read anything. The million takes most of an hour.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import PeakMemory, own_servers, result
from benchmarks.going import Going

SIZES = (10_000, 100_000, 1_000_000)
CATALOGUE = (
    "person", "work", "screenwork", "personexternalid", "workexternalid", "screenexternalid",
    "workcredit", "screencredit", "adaptation",
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pairs", type=int, nargs="+", default=SIZES)
    options = arguments.parse_args()
    with own_servers():
        row_rate = row_by_row()
        costs = {pairs: measure(pairs, row_rate=row_rate) for pairs in sorted(options.pairs)}
        if len(costs) > 1:
            least, most = min(costs), max(costs)
            result(f"scale.cost_ratio_{most}_to_{least}", costs[most] / costs[least], "times")


def row_by_row() -> float:
    """Pairs a second of the peer."""
    from benchmarks.ingest import empty_catalogue, timed
    from benchmarks.ingest import row_by_row as write_row_by_row
    from benchmarks.pairs import sample

    few = sample(1_000)
    seconds = timed(lambda: write_row_by_row(few))
    empty_catalogue()
    result("scale.row_by_row_pairs_per_s", 1_000 / seconds, "pairs/s")
    return 1_000 / seconds


def measure(pairs: int, *, row_rate: float) -> float:
    """Seconds a new pair of a catalogue of this size. Prints its figures."""
    from benchmarks.graph import Graph

    graph = Graph(pairs)
    empty()
    with PeakMemory() as memory:
        new, _ = swept(graph, 1, whole=True)
        mark = transaction_mark()
        replay, _ = swept(graph, 2, whole=True)
        written = rows_written_since(mark)
        graph.change()
        changed, counts = swept(graph, 3, whole=False)
    result(f"scale.new_pairs_per_s.{pairs}", pairs / new, "pairs/s")
    result(f"scale.times_row_by_row.{pairs}", pairs / new / row_rate, "times")
    result(f"scale.replay_pairs_per_s.{pairs}", pairs / replay, "pairs/s")
    result(f"scale.replay_rows_written.{pairs}", written, "rows")
    result(f"scale.changed_pairs_per_s.{pairs}", pairs / changed, "pairs/s")
    result(f"scale.changed_entries.{pairs}", counts["works"]["updated"] + counts["screen_works"]["updated"], "entries")
    result(f"scale.database_mib.{pairs}", database_mib(), "MiB")
    share = provenance_percent()
    result("scale.provenance_percent" if pairs == max(SIZES) else f"scale.provenance_percent.{pairs}", share, "%")
    result("scale.peak_mib" if pairs == max(SIZES) else f"scale.peak_mib.{pairs}", memory.mib, "MiB")
    return new / pairs


def swept(graph: Any, run_id: int, *, whole: bool) -> tuple[float, dict[str, Any]]:
    """Seconds of one sweep without what the graph itself took, and its counts."""
    from adaptapedia.ingest.wikidata import sweep_wikidata

    graph.seconds = 0.0
    began = time.perf_counter()
    counts = sweep_wikidata(graph, Going(id=run_id), endpoint="graph:", whole=whole)
    return time.perf_counter() - began - graph.seconds, dict(counts)


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        tables = (
            "catalogue_work, catalogue_screenwork, catalogue_person, ingest_sweep, ingest_sourcestate, ingest_reject, "
            "ingest_change"
        )
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def transaction_mark() -> str:
    """The next transaction's number: rows written from now on are not older."""
    return str(scalar("SELECT pg_current_xact_id()::text"))


def rows_written_since(mark: str) -> int:
    """Rows of the catalogue that a transaction since the mark has inserted or updated."""
    union = " UNION ALL ".join(f"SELECT xmin FROM catalogue_{table}" for table in CATALOGUE)
    return int(scalar(f"SELECT count(*) FROM ({union}) AS rows WHERE age(xmin) < age('{mark}'::xid)"))


def database_mib() -> float:
    return int(scalar("SELECT pg_database_size(current_database())")) / 2**20


def provenance_percent() -> float:
    """What provenance, locks and the log of changes take, of what the catalogue takes without them, indexes included.

    Both as if just written: what is left of changed rows would count for the catalogue.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        for table in (*(f"catalogue_{table}" for table in CATALOGUE), "ingest_change"):
            cursor.execute(f"VACUUM FULL {table}")
    stamps = sum(
        int(
            scalar(f"SELECT coalesce(sum(pg_column_size(provenance) + pg_column_size(locks)), 0) FROM catalogue_{kind}")
        )
        for kind in ("person", "work", "screenwork")
    )
    whole = sum(int(scalar(f"SELECT pg_total_relation_size('catalogue_{table}')")) for table in CATALOGUE)
    log = int(scalar("SELECT pg_total_relation_size('ingest_change')"))
    return 100 * (stamps + log) / (whole - stamps)


def scalar(query: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        (value,) = cursor.fetchone()
    return value


if __name__ == "__main__":
    main()
