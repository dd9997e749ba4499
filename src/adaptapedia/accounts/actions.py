"""What accumulates when people sign in, removed in bounded batches.

Each batch is a transaction of its own and so short that no lock is held for a second. Rows are taken
in the order of their expiry by index, each batch from where the last one ended, so that nothing is
read twice. A row that somebody else holds is left for the next time. A crash of the server may
bring the last batches back: a commit does not wait for the disk, and the next time deletes them again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

FIRST_BATCH = 1_000
LARGEST_BATCH = 8_000
BATCH_SECONDS = 0.15
"""What a batch should take. A second is the limit, and a busy disk may make one five times as long."""

LONGEST_WAIT = "100ms"
"""How long a batch waits for a row that somebody else holds before it goes around it."""

BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Batch:
    """What to delete next: at most `size` rows that expired from `since` on and before `before`."""

    since: datetime
    before: datetime
    size: int

    @property
    def bounds(self) -> dict[str, datetime | int]:
        return {"since": self.since, "before": self.before, "size": self.size}


Deleted = tuple[int, datetime | None]
"""How many rows went, and the latest expiry in the batch; None when there was nothing to take."""


def delete_expired_sessions(*, before: datetime) -> Iterator[int]:
    """Delete the sessions that expired before a time; yields how many after each batch, committed."""
    return _in_batches(_delete_sessions, before=before)


def delete_notes_of_sessions() -> Iterator[int]:
    """Delete the notes of where a session is used, once it is gone; yields how many after each batch, committed."""
    after, size = 0, FIRST_BATCH
    while True:
        began = time.monotonic()
        with _brief_transaction() as cursor:
            cursor.execute(NOTES, {"after": after, "size": size})
            deleted, reached = cursor.fetchone()
        if reached is None:
            return
        size = next_batch_size(size, seconds=time.monotonic() - began)
        after = reached
        yield deleted


def delete_expired_tokens(*, before: datetime) -> Iterator[int]:
    """Delete the JWT tokens that expired before a time, blacklisted or not, with their place on the blacklist.

    Yields how many tokens after each batch, committed.
    """
    return _in_batches(_delete_tokens, before=before)


def next_batch_size(size: int, *, seconds: float) -> int:
    """How many rows to take after a batch of `size` that took so long."""
    if seconds > BATCH_SECONDS:
        return max(size // 2, 1)
    return min(size * 2, LARGEST_BATCH) if seconds < BATCH_SECONDS / 2 else size


def _in_batches(delete: Callable[[Batch], Deleted], *, before: datetime) -> Iterator[int]:
    since, size = BEGINNING, FIRST_BATCH
    while True:
        began = time.monotonic()
        deleted, reached = delete(Batch(since, before, size))
        if reached is None:
            return
        size = next_batch_size(size, seconds=time.monotonic() - began)
        since = reached
        yield deleted


SESSIONS = """
    WITH batch AS MATERIALIZED (
        SELECT ctid, expire_date FROM django_session
        WHERE expire_date >= %(since)s AND expire_date < %(before)s
        ORDER BY expire_date LIMIT %(size)s
    ),
    gone AS (DELETE FROM django_session WHERE ctid = ANY (ARRAY(SELECT ctid FROM batch)) RETURNING 1)
    SELECT (SELECT count(*) FROM gone), max(expire_date) FROM batch
"""
# Locking each row first writes it twice, which doubles the time, so this is for when somebody holds one.
SESSIONS_NOT_HELD = SESSIONS.replace("LIMIT %(size)s", "LIMIT %(size)s FOR UPDATE SKIP LOCKED")


def _delete_sessions(batch: Batch) -> Deleted:
    try:
        with _brief_transaction() as cursor:
            return _deleted(cursor, SESSIONS, batch)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
    with _brief_transaction() as cursor:
        return _deleted(cursor, SESSIONS_NOT_HELD, batch)


def _deleted(cursor: CursorWrapper, statement: str, batch: Batch) -> Deleted:
    cursor.execute(statement, batch.bounds)
    deleted, reached = cursor.fetchone()
    return deleted, reached


# Sessions end in many ways, so the notes are walked by their key, each batch from where the last one ended.
NOTES = """
    WITH batch AS MATERIALIZED (
        SELECT id, session_key FROM usersessions_usersession WHERE id > %(after)s ORDER BY id LIMIT %(size)s
    ),
    orphaned AS (
        SELECT id FROM usersessions_usersession AS note
        WHERE id IN (
            SELECT id FROM batch
            WHERE NOT EXISTS (SELECT FROM django_session WHERE django_session.session_key = batch.session_key)
        )
        FOR UPDATE SKIP LOCKED
    ),
    gone AS (DELETE FROM usersessions_usersession WHERE id IN (SELECT id FROM orphaned) RETURNING 1)
    SELECT (SELECT count(*) FROM gone), max(id) FROM batch
"""


TOKENS = """
    SELECT array_agg(id), max(expires_at) FROM (
        SELECT id, expires_at FROM token_blacklist_outstandingtoken
        WHERE expires_at >= %(since)s AND expires_at < %(before)s
        ORDER BY expires_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
    ) AS batch
"""


def _delete_tokens(batch: Batch) -> Deleted:
    """Locks the tokens before it looks at the blacklist, so that none can be put on it in between."""
    with _brief_transaction() as cursor:
        cursor.execute(TOKENS, batch.bounds)
        ids, reached = cursor.fetchone()
        if reached is None:
            return 0, None
        cursor.execute("DELETE FROM token_blacklist_blacklistedtoken WHERE token_id = ANY (%s)", [ids])
        cursor.execute("DELETE FROM token_blacklist_outstandingtoken WHERE id = ANY (%s)", [ids])
        return cursor.rowcount, reached


@contextmanager
def _brief_transaction() -> Iterator[CursorWrapper]:
    """A transaction of its own, never part of another, that waits neither for locks nor for the disk."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'; SET LOCAL synchronous_commit = off")
        yield cursor
