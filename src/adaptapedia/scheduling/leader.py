"""Who leads: one beat of several, told by an advisory lock of its session and an epoch in the lease.

The session is a connection of its own, outside any pool: the lock falls with it, and it listens for edits.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from select import POLLIN, poll
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

from adaptapedia.scheduling import tallies
from adaptapedia.scheduling.core.engine import LEASE, Deposed

log = logging.getLogger(__name__)

Parameters = Mapping[str, Any] | Sequence[Any] | None

LEAD = "hashtextextended('adaptapedia.scheduling lead', 0)"
CHANNEL = "scheduling"
PATIENCE = {
    "timezone": "UTC",
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
}
ALIVE = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 3, "tcp_user_timeout": 4_000}
"""So that a connection through a network that swallows everything is found dead (libpq; not for Unix sockets)."""


class Session:
    """One beat's connection: it tries to lead, knows its epoch while it does, and waits for edits."""

    def __init__(self, holder: str) -> None:
        """Raises psycopg's OperationalError when the database is out of reach."""
        given = connection.get_connection_params()
        del given["context"], given["cursor_factory"]  # Django's own, which leave JSON as text
        params = {**given, **ALIVE, "connect_timeout": 5, "application_name": "beat"}
        self.holder = holder
        self.epoch: int | None = None
        self._connection: psycopg.Connection[dict[str, Any]] = psycopg.connect(
            **{**params, "row_factory": dict_row}, autocommit=True
        )
        for name, value in PATIENCE.items():
            self.execute("SELECT set_config(%s, %s, false)", [name, value])
        self.execute(f"LISTEN {CHANNEL}")

    @property
    def leads(self) -> bool:
        return self.epoch is not None

    def execute(
        self, query: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None
    ) -> "psycopg.Cursor[dict[str, Any]]":
        return self._connection.execute(query.encode(), parameters)

    def try_to_lead(self) -> bool:
        """Take the lock if it is free, and begin a new epoch. A holder that hangs loses its session, for next time."""
        taken = self.execute(f"SELECT pg_try_advisory_lock({LEAD}) AS taken").fetchone()
        if taken is None or not taken["taken"]:
            self._end_who_hangs()
            return False
        begun = self.execute(_BEGIN, {"holder": self.holder}).fetchone()
        self.epoch = None if begun is None else int(begun["epoch"])
        tallies.add("scheduling_leader_changes")
        tallies.flush(self)
        log.info("This beat leads now, in epoch %s", self.epoch)
        return self.leads

    @contextmanager
    def holding(self) -> Iterator[None]:
        """A transaction in which this beat is sure to lead, its lease renewed. Raises Deposed."""
        with self._connection.transaction():
            self.renew(returning="epoch")
            yield

    def renew(self, *, returning: str) -> dict[str, Any]:
        """Renew the lease, and look at something in the same statement. Raises Deposed."""
        found = self.execute(f"{_RENEW} RETURNING {returning}", {"epoch": self.epoch}).fetchone()
        if found is None:
            self.epoch = None
            raise Deposed
        return found

    def wait(self, seconds: float) -> bool:
        """Wait until a schedule is edited, at most so long; whether one was. psycopg's own wait polls all the time."""
        news = poll()
        news.register(self._connection, POLLIN)
        return self._was_told() or (bool(news.poll(1_000 * seconds)) and self._was_told())

    def _was_told(self) -> bool:
        return bool([*self._connection.notifies(timeout=0)])

    def resign(self) -> None:
        """Let another beat lead, at once."""
        self.epoch = None
        with suppress(psycopg.Error):
            self._connection.close()

    def _end_who_hangs(self) -> None:
        """End the session of a holder that has not renewed its lease, or has not come to write it."""
        ended = self.execute(_END, {"lease": LEASE}).fetchone()
        if ended is not None:
            log.error("The leading beat, %s, has hung since %s: its session is ended", ended["holder"], ended["since"])


def leader() -> tuple[str, datetime] | None:
    """Who leads and when that was last renewed; None while nobody does."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, [2 * LEASE.total_seconds()])
        found = cursor.fetchone()
    return None if found is None else (found[0], found[1])


_BEGIN = """
    INSERT INTO scheduling_lease (id, epoch, holder, backend, since, renewed_at)
    VALUES (1, 1, %(holder)s, pg_backend_pid(), clock_timestamp(), clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET epoch = scheduling_lease.epoch + 1, holder = excluded.holder,
        backend = excluded.backend, since = excluded.since, renewed_at = excluded.renewed_at
    RETURNING epoch
"""
_RENEW = "UPDATE scheduling_lease SET renewed_at = clock_timestamp() WHERE id = 1 AND epoch = %(epoch)s"
# Whoever holds the lock and has done nothing for as long hangs too: it was stopped before it wrote the lease.
_END = f"""
    SELECT pg_terminate_backend(it.pid),
        CASE it.pid WHEN lease.backend THEN lease.holder ELSE 'of session ' || it.pid END AS holder,
        CASE it.pid WHEN lease.backend THEN lease.renewed_at ELSE it.state_change END AS since
    FROM pg_locks AS held JOIN pg_stat_activity AS it USING (pid) LEFT JOIN scheduling_lease AS lease ON lease.id = 1
    WHERE held.locktype = 'advisory' AND held.granted
        AND ((held.classid::bigint << 32) | held.objid::bigint) = {LEAD}
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND coalesce(lease.renewed_at, '-infinity') < clock_timestamp() - %(lease)s
        AND (it.pid = lease.backend OR it.state_change < clock_timestamp() - %(lease)s)
"""
_WHO = """
    SELECT holder, renewed_at FROM scheduling_lease
    WHERE id = 1 AND renewed_at > clock_timestamp() - make_interval(secs => %s)
"""
