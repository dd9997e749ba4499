"""Real `celery beat` processes of ours and of the two peers, and how each is given its schedules."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parents[1]
QUEUE = "bench"
TASK = "cleanup_expired_sessions"
"""Never run, since no worker is there; a job of ours, as most of our schedules are."""


@dataclass(frozen=True)
class Kind:
    """One of the schedulers under measurement."""

    name: str
    app: str
    scheduler: str
    settings: str
    fill: Callable[[int, datetime], None]
    """Make so many schedules that are due at one moment and then only a day later."""

    @property
    def suffix(self) -> str:
        """What its figures' names end in; ours have no suffix."""
        return f".{self.name}" if self.name != "ours" else ""


class Beat:
    """One beat process and what it uses."""

    def __init__(self, kind: Kind, *, log: Path) -> None:
        command = [
            *(sys.executable, "-m", "celery", "-A", kind.app, "beat"),
            *("--scheduler", kind.scheduler, "--pidfile=", "-l", "warning"),
        ]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": kind.settings,
            "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
        }
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=CHECKOUT
            )
        self.process = psutil.Process(self._popen.pid)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def cpu_seconds(self) -> float:
        used = self.process.cpu_times()
        return float(used.user + used.system)

    @property
    def mib(self) -> float:
        return float(self.process.memory_info().rss / 2**20)

    def settle(self, *, seconds: float = 120, quiet: float = 0.25) -> None:
        """Wait until it has loaded what it loads, and hardly computes for three seconds. Ends the benchmark else."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            before = self.cpu_seconds
            time.sleep(3)
            if self._popen.poll() is not None:
                raise SystemExit("a beat has ended by itself")
            if before > 0.5 and self.cpu_seconds - before < 3 * quiet:
                return
        raise SystemExit("a beat was still busy when it should have loaded its schedules")

    def kill(self) -> None:
        self._popen.send_signal(signal.SIGKILL)
        self._popen.wait()


@contextmanager
def beat_of(kind: Kind, *, log: Path) -> Iterator[Beat]:
    """A beat for the length of a block."""
    beat = Beat(kind, log=log)
    try:
        yield beat
    finally:
        beat.kill()


def clear() -> None:
    """No schedule, no run, no message."""
    import redis
    from django.db import connection

    from adaptapedia.settings import CONFIG

    with redis.Redis.from_url(CONFIG.redis("broker")) as server:
        server.flushall()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE django_celery_beat_periodictask, scheduling_jobrun, scheduling_lease CASCADE")
        cursor.execute("TRUNCATE django_celery_beat_crontabschedule, django_celery_beat_intervalschedule CASCADE")


def fill_table(count: int, at: datetime) -> None:
    """Rows of django-celery-beat's table, for its own scheduler and for ours."""
    from django.db import connection
    from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks

    rule = CrontabSchedule.objects.create(minute=str(at.minute), hour=str(at.hour), timezone="UTC")
    rows = [PeriodicTask(name=f"schedule-{n}", task=TASK, crontab=rule, queue=QUEUE) for n in range(count)]
    PeriodicTask.objects.bulk_create(rows, batch_size=1_000)
    PeriodicTasks.update_changed()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE django_celery_beat_periodictask")
        cursor.execute("VACUUM ANALYZE scheduling_schedulecompanion")


def fill_redbeat(count: int, at: datetime) -> None:
    """Entries of redbeat, in Valkey. They count as having run now, or else each would be due at once."""
    from celery.schedules import crontab
    from redbeat import RedBeatSchedulerEntry

    from benchmarks.scheduler_peers import app

    rule = crontab(minute=str(at.minute), hour=str(at.hour), app=app)
    for n in range(count):
        RedBeatSchedulerEntry(f"schedule-{n}", TASK, rule, options={"queue": QUEUE}, app=app).save()


OURS = Kind("ours", "adaptapedia", "adaptapedia.scheduling.beat:Scheduler", "adaptapedia.settings", fill_table)
PEER = "benchmarks.scheduler_peers"
PEER_SETTINGS = "benchmarks.scheduler_settings"
DCB = Kind("dcb", PEER, "django_celery_beat.schedulers:DatabaseScheduler", PEER_SETTINGS, fill_table)
REDBEAT = Kind("redbeat", PEER, "redbeat.RedBeatScheduler", PEER_SETTINGS, fill_redbeat)
