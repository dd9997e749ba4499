"""Half a million expired sessions, and as many expired tokens, a tenth of them blacklisted: how fast they go.

    .venv/bin/python -m benchmarks.cleanup [--rows 500000] [--rounds 3]

All in one run, on servers of its own. What is timed are the jobs themselves; the peer is one plain
DELETE of the same rows (for tokens two, in one transaction, because of the foreign key), on the same
data put back, vacuumed and checkpointed. A tenth as many live rows lie between the expired. Rows lie
in the table nearly in the order in which they expire, as saving them leaves them; `scattered` is the
worst case, at random. Medians of the rounds; ratios are medians of the rounds' own.

The longest lock is the longer of two: the longest time between two reports of progress, which holds one
whole batch transaction, and the longest wait of a second connection that keeps locking the rows next in
line, in rounds of its own. Memory is this process (Django, the jobs) without PostgreSQL.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import PeakMemory, own_servers, result

SESSIONS = """
    INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT substr(md5(i::text) || md5((i + 7)::text), 1, 32),
           (SELECT string_agg(md5((i * 31 + k)::text), '') FROM generate_series(1, 4 + i % 5) AS k),
           now() + CASE WHEN i % 11 = 0 THEN interval '10 days' ELSE interval '-14 days' END
               + i * interval '13 days' / {total} + random() * interval '1 hour'
    FROM generate_series(1, {total}) AS i ORDER BY {order}
"""
TOKENS = """
    INSERT INTO token_blacklist_outstandingtoken (id, token, jti, created_at, expires_at)
    SELECT i, (SELECT string_agg(md5((i * 17 + k)::text), '') FROM generate_series(1, 8) AS k), md5(i::text),
           now() - interval '90 days',
           now() + CASE WHEN i % 11 = 0 THEN interval '-20 days' ELSE interval '-60 days' END
               + i * interval '13 days' / {total} + random() * interval '1 hour'
    FROM generate_series(1, {total}) AS i ORDER BY {order}
"""
BLACKLIST = """
    INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at)
    SELECT id, now() FROM token_blacklist_outstandingtoken WHERE id % 11 = 1 ORDER BY id
"""
EXPIRED_TOKENS = "expires_at < now() - interval '30 days'"


@dataclass(frozen=True)
class Subject:
    """What one of the two jobs cleans, and how its peer does."""

    name: str
    job: str
    tables: tuple[str, ...]
    fill: tuple[str, ...]
    plain: tuple[str, ...]
    next_in_line: str
    hold: str


SUBJECTS = (
    Subject(
        name="sessions",
        job="daily-session-cleanup",
        tables=("django_session",),
        fill=(SESSIONS,),
        plain=("DELETE FROM django_session WHERE expire_date < now()",),
        next_in_line="SELECT session_key FROM django_session WHERE expire_date < now() ORDER BY expire_date LIMIT 20",
        hold="SELECT 1 FROM django_session WHERE session_key = %s FOR UPDATE",
    ),
    Subject(
        name="tokens",
        job="weekly-jwt-cleanup",
        tables=("token_blacklist_blacklistedtoken", "token_blacklist_outstandingtoken"),
        fill=(TOKENS, BLACKLIST),
        plain=(
            "DELETE FROM token_blacklist_blacklistedtoken WHERE token_id IN "
            f"(SELECT id FROM token_blacklist_outstandingtoken WHERE {EXPIRED_TOKENS})",
            f"DELETE FROM token_blacklist_outstandingtoken WHERE {EXPIRED_TOKENS}",
        ),
        next_in_line="SELECT id FROM token_blacklist_outstandingtoken "
        f"WHERE {EXPIRED_TOKENS} ORDER BY expires_at LIMIT 20",
        hold="SELECT 1 FROM token_blacklist_outstandingtoken WHERE id = %s FOR UPDATE",
    ),
)


@dataclass
class Watched:
    """A run that notes the longest time between two reports of progress: no batch took longer."""

    id: int = 0
    attempt: int = 1
    longest: float = 0.0
    since: float = field(default_factory=time.perf_counter)

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        now = time.perf_counter()
        self.longest, self.since = max(self.longest, now - self.since), now


class Prober:
    """A second connection that locks the rows next in line, one by one, and notes its longest wait."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.longest = 0.0
        self.asked = self.held = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._probe)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _probe(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            while not self._ended.is_set():
                cursor.execute(self.subject.next_in_line)
                for (key,) in cursor.fetchall():
                    began = time.perf_counter()
                    cursor.execute(self.subject.hold, [key])
                    self.asked += 1
                    self.held += cursor.rowcount
                    self.longest = max(self.longest, time.perf_counter() - began)
        connection.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--rows", type=int, default=500_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    with own_servers(), PeakMemory() as memory:
        for subject in SUBJECTS:
            measure(subject, rows=options.rows, rounds=options.rounds)
    result("cleanup.peak_mib", memory.mib, "MiB")


def measure(subject: Subject, *, rows: int, rounds: int) -> None:
    ours, plain, scattered, scattered_plain = [], [], [], []
    locks: list[float] = []
    for _ in range(rounds):
        ours.append(cleaned(subject, rows=rows, locks=locks))
        plain.append(plainly_deleted(subject, rows=rows))
        scattered.append(cleaned(subject, rows=rows, locks=locks, order="random()"))
        scattered_plain.append(plainly_deleted(subject, rows=rows, order="random()"))
        locks.append(longest_wait(subject, rows=rows))
    name = f"cleanup.{subject.name}"
    result(f"{name}_s", statistics.median(ours), "s")
    result(f"{name}_plain_delete_s", statistics.median(plain), "s")
    result(f"{name}_times_plain_delete", ratio(ours, plain), "times")
    result(f"{name}_scattered_times_plain_delete", ratio(scattered, scattered_plain), "times")
    result(f"{name}_longest_lock_s", max(locks), "s")


def ratio(ours: list[float], peers: list[float]) -> float:
    return statistics.median(our / peer for our, peer in zip(ours, peers, strict=True))


def cleaned(subject: Subject, *, rows: int, locks: list[float], order: str = "i") -> float:
    """Seconds of the job; its longest batch is added to `locks`."""
    from adaptapedia.scheduling.jobs import registry

    live = put_back(subject, rows=rows, order=order)
    run = Watched()
    began = time.perf_counter()
    counts = registry[subject.job].run(run)
    seconds = time.perf_counter() - began
    locks.append(run.longest)
    expect(subject, counts["deleted"] == rows and left(subject) == live, "the job left something, or took too much")
    return seconds


def plainly_deleted(subject: Subject, *, rows: int, order: str = "i") -> float:
    """Seconds of the plain DELETE."""
    from django.db import connection, transaction

    live = put_back(subject, rows=rows, order=order)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in subject.plain:
            cursor.execute(statement)
    seconds = time.perf_counter() - began
    expect(subject, left(subject) == live, "the plain DELETE left something, or took too much")
    return seconds


def longest_wait(subject: Subject, *, rows: int) -> float:
    """The longest time that a second connection waits for a row while the job runs.

    A row that the second connection holds at the wrong moment is left for the next time.
    """
    from adaptapedia.scheduling.jobs import registry

    live = put_back(subject, rows=rows, order="i")
    with Prober(subject) as prober:
        registry[subject.job].run(Watched())
    expect(subject, prober.asked > 10, "the second connection hardly asked for a row")
    expect(subject, 0 <= left(subject) - live <= prober.held, "the job left more than was held")
    return prober.longest


def put_back(subject: Subject, *, rows: int, order: str) -> int:
    """Fill the tables anew with `rows` expired ones and a tenth as many live, which is the answer."""
    from django.db import connection

    total = rows * 11 // 10
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(subject.tables)}")
        for statement in subject.fill:
            cursor.execute(statement.format(total=total, order=order))
        for table in subject.tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("CHECKPOINT")
    return total - rows


def left(subject: Subject) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {subject.tables[-1]}")
        return int(cursor.fetchone()[0])


def expect(subject: Subject, holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(f"{subject.name}: {otherwise}")


if __name__ == "__main__":
    main()
