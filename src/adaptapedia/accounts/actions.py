"""What accumulates when people sign in, removed in bounded batches.

Each batch is a transaction of its own and so short that no lock is held for a second. Rows are taken
in the order of their expiry by index, each batch from where the last one ended, so that nothing is
read twice. A row that somebody else holds is left for the next time. A crash of the server may
bring the last batches back: a commit does not wait for the disk, and the next time deletes them again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import LockNotAvailable

from adaptapedia.kit.batches import in_batches

LONGEST_WAIT = "100ms"
"""How long a batch waits for a row that somebody else holds before it goes around it."""

BEGINNING = datetime.min.replace(tzinfo=UTC)

Deleted = tuple[int, datetime | None]
"""How many rows went, and the latest expiry in the batch; None when there was nothing to take."""


def delete_expired_sessions(*, before: datetime) -> Iterator[int]:
    """Delete the sessions that expired before a time; yields how many after each batch, committed."""
    return in_batches(partial(_delete_sessions, before), begin=BEGINNING)


def delete_notes_of_sessions() -> Iterator[int]:
    """Delete the notes of where a session is used, once it is gone; yields how many after each batch, committed."""
    return in_batches(_delete_notes, begin=0)


def delete_expired_tokens(*, before: datetime) -> Iterator[int]:
    """Delete the JWT tokens that expired before a time, blacklisted or not, with their place on the blacklist.

    Yields how many tokens after each batch, committed.
    """
    return in_batches(partial(_delete_tokens, before), begin=BEGINNING)


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


def _delete_sessions(before: datetime, since: datetime, size: int) -> Deleted:
    bounds = {"since": since, "before": before, "size": size}
    try:
        return _deleted(SESSIONS, bounds)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
    return _deleted(SESSIONS_NOT_HELD, bounds)


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


def _delete_notes(after: int, size: int) -> tuple[int, int | None]:
    return _deleted(NOTES, {"after": after, "size": size})


TOKENS = """
    SELECT array_agg(id), max(expires_at) FROM (
        SELECT id, expires_at FROM token_blacklist_outstandingtoken
        WHERE expires_at >= %(since)s AND expires_at < %(before)s
        ORDER BY expires_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
    ) AS batch
"""


def _delete_tokens(before: datetime, since: datetime, size: int) -> Deleted:
    """Locks the tokens before it looks at the blacklist, so that none can be put on it in between."""
    with _brief_transaction() as cursor:
        cursor.execute(TOKENS, {"since": since, "before": before, "size": size})
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


def _deleted(statement: str, given: dict[str, Any]) -> tuple[int, Any]:
    """What one statement in a brief transaction deleted, and the key that it reached."""
    with _brief_transaction() as cursor:
        cursor.execute(statement, given)
        deleted, reached = cursor.fetchone()
        return deleted, reached
