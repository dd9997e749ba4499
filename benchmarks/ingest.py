"""Parsed records into the catalogue: new and replayed, beside row by row and beside bare COPY.

    .venv/bin/python benchmarks/ingest.py [--pairs 10000] [--rounds 3]

All in one run, on servers of its own. The peers write the same columns of the same records:

- row by row: `get_or_create` through the ORM, one transaction per 1,000 pairs (on 1,000 pairs, since it is slow);
- bare COPY: rows made beforehand, COPY into tables made LIKE the catalogue's, all indexes and keys on.

GIN pending lists are flushed within each timing. Medians of the rounds. Memory counts this process
and its children at their highest, without PostgreSQL's.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import PeakMemory, own_servers, result
from benchmarks.pairs import Sample
from benchmarks.pairs import sample as make_sample


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pairs", type=int, default=10_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    with own_servers():
        measure(pairs=options.pairs, rounds=options.rounds)


def measure(*, pairs: int, rounds: int) -> None:
    plain, rich = make_sample(pairs), make_sample(pairs, rich=True)
    gc.collect()
    gc.freeze()
    new, replayed, copied, rows, rich_new, rich_copied = [], [], [], [], [], []
    statements = 0
    with PeakMemory() as memory:
        for _ in range(rounds):
            empty_catalogue()
            with counted_statements() as counter:
                new.append(timed(lambda: merge(plain)))
            statements = counter.number
            replayed.append(timed(lambda: merge(plain)))
            copied.append(bare_copy())
            empty_catalogue()
            rich_new.append(timed(lambda: merge(rich)))
            rich_copied.append(bare_copy())
    few = make_sample(1_000)
    for _ in range(rounds):
        empty_catalogue()
        rows.append(timed(lambda: row_by_row(few)))

    new_rate = pairs / statistics.median(new)
    row_rate = 1_000 / statistics.median(rows)
    result("ingest.new_pairs_per_s", new_rate, "pairs/s")
    result("ingest.replay_pairs_per_s", pairs / statistics.median(replayed), "pairs/s")
    result("ingest.row_by_row_pairs_per_s", row_rate, "pairs/s")
    result("ingest.times_row_by_row", new_rate / row_rate, "times")
    result("ingest.bare_copy_pairs_per_s", pairs / statistics.median(copied), "pairs/s")
    result("ingest.times_bare_copy_duration", ratio(new, copied), "times")
    result("ingest.statements_per_1000_pairs", statements / pairs * 1_000, "statements")
    result("ingest.rich_new_pairs_per_s", pairs / statistics.median(rich_new), "pairs/s")
    result("ingest.rich_times_bare_copy_duration", ratio(rich_new, rich_copied), "times")
    result("ingest.peak_mib", memory.mib, "MiB")


def ratio(ours: list[float], peers: list[float]) -> float:
    """The median of the rounds' own ratios: the machine's speed drifts between rounds, less within one."""
    return statistics.median(our / peer for our, peer in zip(ours, peers, strict=True))


def timed(work: Callable[[], None]) -> float:
    """Seconds, the flushing of GIN's pending lists included."""
    began = time.perf_counter()
    work()
    flush_gin()
    return time.perf_counter() - began


def merge(sample: Sample) -> None:
    """As a sweep does it: batches in the order of items, a transaction each."""
    from django.db import transaction
    from django.utils import timezone

    from adaptapedia.ingest import merging
    from adaptapedia.ingest.origin import Origin
    from adaptapedia.ingest.rows import PairRow
    from adaptapedia.ingest.writing import MERGE_BATCH

    origin = Origin("wikidata", 1, timezone.now())
    parts = (
        (merging.merge_people, sample.people),
        (merging.merge_works, [(item, "novel") for item in sample.works]),
        (merging.merge_screen_works, [(item, "film") for item in sample.screen_works]),
        (merging.merge_adaptations, [PairRow(pair.subject, pair.source, False) for pair in sample.pairs]),
    )
    for merge_batch, things in parts:
        for start in range(0, len(things), MERGE_BATCH):
            with transaction.atomic():
                merging.lock_catalogue()
                merge_batch(things[start : start + MERGE_BATCH], origin=origin)  # type: ignore[operator]


def row_by_row(sample: Sample) -> None:
    """The same columns through the ORM, `get_or_create` for every row."""
    from django.db import transaction

    from benchmarks.row_by_row import write_pair, write_person

    works = {item.qid: item for item in sample.works}
    screens = {item.qid: item for item in sample.screen_works}
    with transaction.atomic():
        for person in sample.people:
            write_person(person)
        for pair in sample.pairs:
            write_pair(screens[pair.subject], works[pair.source])


TABLES = (
    "person", "work", "screenwork", "personexternalid", "workexternalid", "screenexternalid",
    "workcredit", "screencredit", "adaptation",
)  # fmt: skip


def bare_copy() -> float:
    """Seconds to COPY what stands in the catalogue now into empty tables of the same make."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bare.{table} (LIKE catalogue_{table} INCLUDING ALL)")
        for table in TABLES:
            for key in foreign_keys(table):
                cursor.execute(
                    f"ALTER TABLE bare.{table} ADD {key.replace('REFERENCES catalogue_', 'REFERENCES bare.')}"
                )
        data = {}
        for table in TABLES:
            with cursor.copy(f"COPY catalogue_{table} TO STDOUT") as source:
                data[table] = [bytes(part) for part in source]
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY bare.{table} FROM STDIN") as target:
                for part in data[table]:
                    target.write(part)
    flush_gin("bare")
    return time.perf_counter() - began


def foreign_keys(table: str) -> list[str]:
    """Definitions of a catalogue table's foreign keys."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
            [f"catalogue_{table}"],
        )
        return [definition for (definition,) in cursor.fetchall()]


def flush_gin(schema: str = "public") -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(c.oid::regclass) FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
            "WHERE a.amname = 'gin' AND c.relnamespace = %s::regnamespace",
            [schema],
        )


def empty_catalogue() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_work, catalogue_screenwork, catalogue_person CASCADE")


class Counter:
    number = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.number += 1
        return execute(sql, params, many, context)


@contextmanager
def counted_statements() -> Iterator[Counter]:
    """Counts what goes through `execute`; a COPY goes another way and is announced by its table's CREATE."""
    from django.db import connection

    counter = Counter()
    with connection.execute_wrapper(counter):
        yield counter


if __name__ == "__main__":
    main()
