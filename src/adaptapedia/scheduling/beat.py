"""Beat: one of several leads, writes a run for every tick, sends what is committed, and tends runs in need.

    celery -A … beat --scheduler adaptapedia.scheduling.beat:Scheduler

The tables and the admin are django-celery-beat's; its engine is replaced behind Celery's own extension point. No
schedule is held in memory: what is due next is asked of an index, so a new leader has nothing to load.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg
from celery import beat
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from adaptapedia.scheduling import care, dispatch, presence
from adaptapedia.scheduling.core.engine import Deposed
from adaptapedia.scheduling.dispatch import Message
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import Presence
from adaptapedia.scheduling.presence import LEAVE_WITHIN
from adaptapedia.scheduling.queries import BEAT_SEEN
from adaptapedia.scheduling.store import PostgresStore
from adaptapedia.scheduling.terms import DAY
from adaptapedia.scheduling.watchdog import start_in_beat
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

ROUND = 1.0
"""Seconds between two looks; an edit, or a tick that is due earlier, shortens one."""
LOCKED = 0.2
"""Seconds after which what somebody was just editing is looked at again, the first time; then once a round."""
SEEN_EVERY = 5.0
ADOPT_EVERY = 60.0
"""Seconds between two looks for schedules that have lost their companion, or whose fault is mended."""
UNREACHABLE = (DatabaseError, InterfaceError, psycopg.Error, RedisError, BrokerError)


class Scheduler(beat.Scheduler):  # type: ignore[misc]  # Celery and its beat have no types
    """Celery's end of the engine."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.engine = Engine(holder=f"{socket.gethostname()} {os.getpid()}")
        super().__init__(*args, **{**kwargs, "max_interval": ROUND})

    def setup_schedule(self) -> None:
        """Begin to watch. Nothing is installed: the rows are what `setup_periodic_tasks` and the operators wrote."""
        start_in_beat(self.engine.stopping)

    def tick(self, *_: Any, **__: Any) -> float:
        """Wait for the next round, and make it."""
        self.engine.wait()
        self.engine.go_round()
        return 0.0

    def close(self) -> None:
        """Let another beat lead at once."""
        self.engine.close()
        super().close()

    @property
    def info(self) -> str:
        return "    . the schedules are rows of django-celery-beat; one beat of several leads"


class Engine:
    """One beat: it stands by until it leads, and outlives its database and its broker."""

    def __init__(self, *, holder: str) -> None:
        self.holder = holder
        self.stopping = threading.Event()
        self._session: Session | None = None
        self._pause = 0.0
        self._out_of_reach_since: float | None = None
        self._held_up = False
        self._looked_until = 0
        self._tended_at = self._seen_at = self._adopted_at = -ADOPT_EVERY

    @property
    def leads(self) -> bool:
        return self._session is not None and self._session.leads

    def wait(self) -> None:
        """Sleep until the next round, or until a schedule is edited."""
        pause, self._pause = self._pause, ROUND
        if self._session is None or not self._session.leads:
            time.sleep(pause)
            return
        try:
            self._session.wait(pause)
        except psycopg.Error as error:
            self._lose_session(error)

    def go_round(self) -> None:
        """Lead, and write and send what is due; or see whether it can be led."""
        try:
            session = self._session = self._session or Session(self.holder)
            if session.leads or session.try_to_lead():
                self._lead(PostgresStore(session))
            self._show_life()
        except Deposed:
            log.warning("Another beat leads: this one stands by")
            self._drop_session()
        except UNREACHABLE as error:
            self._lose_session(error)
        except Exception:  # no row, whatever is in it, may end this beat, and then every one that leads after it
            log.exception("A round failed; the next begins in a second")
            connection.close()
            self._drop_session()
        else:
            self._note_within_reach()

    def close(self) -> None:
        self.stopping.set()
        self._drop_session()
        # A signal's handler may call this in the middle of a query, whose connection is then taken.
        leaving = threading.Thread(target=self._leave, name="leaving", daemon=True)
        leaving.start()
        leaving.join(LEAVE_WITHIN)

    def _leave(self) -> None:
        with suppress(DatabaseError, InterfaceError):
            presence.leave(self.holder)
        connection.close()

    def _lead(self, store: PostgresStore) -> None:
        self._adopt(store)
        glance, held_up = store.glance(), False
        while glance.pressing:
            batch = store.write_due()
            self._send(store, batch.messages)
            glance, held_up = store.glance(), not batch.found
            if not batch.more:
                break
        if glance.going:
            self._tend(store)
        again = ROUND if held_up and self._held_up else LOCKED
        self._pause = again if glance.pressing else self._until(glance.next_at, glance.now)
        self._held_up = held_up

    def _send(self, store: PostgresStore, messages: Iterable[Message]) -> None:
        if sent := dispatch.send(messages):
            store.mark_sent(sent)

    def _tend(self, store: PostgresStore) -> None:
        """Look after runs once a round, however often edits wake us."""
        if time.monotonic() - self._tended_at >= ROUND / 2:
            self._tended_at = time.monotonic()
            if care.needed():
                self._send(store, care.tend())

    def _adopt(self, store: PostgresStore) -> None:
        if time.monotonic() - self._adopted_at >= ADOPT_EVERY:
            self._adopted_at = time.monotonic()
            if found := store.adopt():
                log.warning("%d schedules had lost what goes with them; it is made anew", found)
            self._looked_until = store.look_again(after=self._looked_until)

    @staticmethod
    def _until(next_at: Any, now: Any) -> float:
        """The seconds until the next due time, at most one round."""
        return ROUND if next_at is None else max(0.0, min(ROUND, (next_at - now).total_seconds()))

    def _show_life(self) -> None:
        if time.monotonic() - self._seen_at >= SEEN_EVERY:
            self._seen_at = time.monotonic()
            presence.show(self.holder, Presence.Kind.BEAT)
            if self.leads:
                with suppress(RedisError):  # that the cache is away is told by its own leg on /ops/
                    cache.set(BEAT_SEEN, timezone.now().isoformat(), timeout=DAY.total_seconds())

    def _lose_session(self, error: Exception) -> None:
        if self._out_of_reach_since is None:
            self._out_of_reach_since = time.monotonic()
            log.warning("Database or broker out of reach, trying again each second: %s", in_a_line(error))
        connection.close()
        if not isinstance(error, RedisError | BrokerError):
            self._drop_session()
        self._pause = ROUND

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session.resign()
        self._session = None

    def _note_within_reach(self) -> None:
        if self._out_of_reach_since is not None:
            log.warning("Within reach again after %.0f s", time.monotonic() - self._out_of_reach_since)
            self._out_of_reach_since = None
