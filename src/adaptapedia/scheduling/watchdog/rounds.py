"""A watchdog goes its rounds: looks, judges, keeps. Of several only one does so at a time."""

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection, transaction

from adaptapedia.scheduling.presence import SILENT_AFTER
from adaptapedia.scheduling.timing import timing
from adaptapedia.scheduling.watchdog.judging import Finding, judge
from adaptapedia.scheduling.watchdog.keeping import keep
from adaptapedia.scheduling.watchdog.looking import Looking
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

# One that hangs in the middle of its round loses its session, and the others go on.
BOUNDS = "SET LOCAL statement_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '15s'"
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('adaptapedia.scheduling watchdog', 0))"


def go_round(looking: Looking) -> list[Finding] | None:
    """Look, judge and keep what was found, in one transaction; None while another watchdog is at it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BOUNDS)
            cursor.execute(ALONE)
            (alone,) = cursor.fetchone()
        if not alone:
            return None
        findings = judge(looking.look())
        keep(findings, known=looking.known)
        return findings


class Watchdog(threading.Thread):
    """Goes round until it is told to stop. Outlives the database, and whatever a row does to a round."""

    def __init__(self, stop: threading.Event, news: threading.Event) -> None:
        """`news` is set after each round, for whoever tells people."""
        super().__init__(name="watchdog", daemon=True)
        self._stop_asked = stop
        self._news = news

    def run(self) -> None:
        looking, pause = Looking(), max(timing().watch_every, SILENT_AFTER)
        within_reach = sound = True
        while not self._stop_asked.wait(pause.total_seconds()):
            try:
                go_round(looking)
                self._news.set()
                within_reach, sound, pause = True, True, timing().watch_every
            except (DatabaseError, InterfaceError) as error:
                connection.close()
                # Nobody could show that they live; let them, before anybody is missed.
                pause = max(timing().watch_every, SILENT_AFTER)
                if within_reach:
                    log.warning("The watchdog cannot look, the database is out of reach: %s", in_a_line(error))
                within_reach = False
            except Exception:  # one row that nobody has thought of must not end all watching
                if sound:
                    log.exception("The watchdog stumbled, and goes on with its next round")
                sound = False
        connection.close()
