"""Beats and workers show that they live, each in a row of its own; `watchdog` sees who has gone silent.

Times are the database's. One that is stopped takes its row away, one that dies leaves it.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.db import DatabaseError, InterfaceError, connection

from adaptapedia.scheduling.models import Presence
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

SHOWN_EVERY = 5.0
LEAVE_WITHIN = 2.0
SILENT_AFTER = timedelta(seconds=30)
"""Who has not shown up for this long has gone: several signs of life were left out, not one delayed."""

SHOW = """
INSERT INTO scheduling_presence AS known (name, kind, queues, since, seen_at)
VALUES (%s, %s, to_jsonb(%s::text[]), clock_timestamp(), clock_timestamp())
ON CONFLICT (name) DO UPDATE SET
    kind = excluded.kind,
    queues = excluded.queues,
    since = CASE
        WHEN known.seen_at < clock_timestamp() - %s * interval '1 second' THEN clock_timestamp() ELSE known.since END,
    seen_at = clock_timestamp()
"""


def show(name: str, kind: str, queues: Iterable[str] = ()) -> None:
    """Show that this beat or worker lives. `kind` is one of `Presence.Kind`; who was silent is there anew."""
    with connection.cursor() as cursor:
        cursor.execute(SHOW, [name, kind, sorted(queues), SILENT_AFTER.total_seconds()])


def leave(name: str) -> None:
    """Take the row away: this beat or worker is stopped, and nobody needs to miss it."""
    Presence.objects.filter(name=name).delete()


class Showing(threading.Thread):
    """Shows a worker until it is told to stop, then takes its row away. Outlives the database."""

    def __init__(self, name: str, queues: Iterable[str]) -> None:
        super().__init__(name=f"presence of {name}", daemon=True)
        self._of = name
        self._queues = sorted(queues)
        self._stop_asked = threading.Event()
        self._within_reach = True

    def run(self) -> None:
        while not self._stop_asked.is_set():
            self._try(lambda: show(self._of, Presence.Kind.WORKER, self._queues))
            self._stop_asked.wait(SHOWN_EVERY)
        self._try(lambda: leave(self._of))
        connection.close()

    def stop(self) -> None:
        """Let the row go. Returns at once: it is told by a signal's handler."""
        self._stop_asked.set()

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
            self._within_reach = True
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            if self._within_reach:
                log.warning(
                    "%s cannot show that it lives, the database is out of reach: %s", self._of, in_a_line(error)
                )
            self._within_reach = False


_showing: Showing | None = None


def _begin(sender: Any, **_: Any) -> None:
    """The worker takes messages, or does so again on another connection. Its pool has forked: no child shares ours."""
    global _showing
    if _showing is None or not _showing.is_alive():
        _showing = Showing(sender.hostname, [queue.name for queue in sender.task_consumer.queues])
        _showing.start()


def _leave(**_: Any) -> None:
    if _showing is not None:
        _showing.stop()


def _end(**_: Any) -> None:
    """A worker waits a little for its row to go, and not for a database that is away."""
    if _showing is not None:
        _showing.stop()
        _showing.join(LEAVE_WITHIN)


worker_ready.connect(_begin, weak=False)
worker_shutting_down.connect(_leave, weak=False)
worker_shutdown.connect(_end, weak=False)
