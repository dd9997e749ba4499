"""Three beats and two workers under faults from outside: each tick told once, no run ended twice, every gap explained.

`make chaos` makes it five minutes and a hundred faults. The seed is printed; CHAOS_SEED repeats its draws, though
not the timing of the processes.
"""

import os
import random
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from adaptapedia.local.postgres import Postgres
from adaptapedia.local.processes import wait_until
from adaptapedia.local.valkey import Valkey
from tests.chaos.faults import Scene
from tests.chaos.proxy import Proxy
from tests.integration.scheduling.world import sample_environment
from tests.processes import Processes

SECONDS = float(os.environ.get("CHAOS_SECONDS", "60"))
FAULTS = int(os.environ.get("CHAOS_FAULTS", "20"))
SEED = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))

SECOND = timedelta(seconds=1)
ENDED = {"succeeded", "failed", "skipped", "cancelled"}
# Sent again only after a while: where a machine has much to do, messages that merely wait would multiply.
PATIENCE = '{"heartbeat": 0.5, "lost_after": 3, "resend_after": 10, "write_within": 60, "cancel_within": 3}'

PREPARE = """
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)
from adaptapedia.scheduling.models import ScheduleCompanion
from tests.integration.scheduling.world import make_schedule
for name, seconds, policies in (
    ("at-side", 0.1, {"overlap": "allow", "missed": "latest"}),
    ("in-turn", 0.3, {"overlap": "queue", "missed": "all"}),
    ("only-now", 0.1, {"overlap": "skip", "missed": "skip"}),
    ("replaced", 1.4, {"overlap": "cancel", "missed": "latest"}),
    ("spread", 0.1, {"overlap": "allow", "missed": "all", "missed_bound": 3, "jitter": timedelta(seconds=0.5)}),
):
    row = make_schedule(name, every=1, task="sample_ledger", kwargs='{"seconds": %s}' % seconds)
    ScheduleCompanion.objects.filter(schedule=row).update(**policies)
"""
WATCH_EPOCHS = """
CREATE TABLE inserted (run bigint, epoch bigint, holder int, backend int);
CREATE FUNCTION note_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inserted SELECT NEW.id, epoch, backend, pg_backend_pid() FROM scheduling_lease;
    RETURN NULL;
END $$;
CREATE TRIGGER note_epoch AFTER INSERT ON scheduling_jobrun
    FOR EACH ROW WHEN (NEW.trigger = 'tick') EXECUTE FUNCTION note_epoch();
"""
STALE = """
    WITH told AS (SELECT *, max(epoch) OVER (ORDER BY run ROWS UNBOUNDED PRECEDING) AS latest FROM inserted)
    SELECT * FROM told WHERE backend <> holder OR epoch < latest
"""
RUNS = "SELECT * FROM scheduling_jobrun ORDER BY schedule_name, due_at"
PAUSE = "UPDATE django_celery_beat_periodictask SET enabled = false"
OPEN = "SELECT count(*) FROM scheduling_jobrun WHERE state IN ('queued', 'running', 'waiting', 'asking')"


class Entry(NamedTuple):
    """A line of the ledger."""

    run: int
    attempt: int
    fence: int


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Servers of this test's own, the processes that know the sample jobs, and the five schedules."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ada-")))
        home.chmod(0o711)
        postgres = Postgres(home / "data" / "postgres", home / "run", settings={"fsync": "off"})
        valkey = Valkey(home / "data" / "valkey", home / "run")
        to_postgres = stack.enter_context(Proxy(home / "run" / ".s.PGSQL.5432"))
        to_valkey = stack.enter_context(Proxy(valkey.socket))
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://adaptapedia@127.0.0.1:{to_postgres.port}/adaptapedia",
            "REDIS_URL": f"redis://127.0.0.1:{to_valkey.port}/0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "localhost",
            **sample_environment(tmp_path / "starts"),
            "SAMPLE_LEDGER": str(tmp_path / "ledger"),
            "SAMPLE_TIMING": PATIENCE,
        }
        processes = Processes(environment=environment, logs=tmp_path)
        stage = Scene(processes, postgres, valkey, to_postgres, to_valkey, random.Random(SEED))
        stage.start_servers()
        stack.callback(stage.stop_servers)
        stack.callback(processes.close)
        prepared = processes.start(sys.executable, "-m", "adaptapedia", "shell", "-c", PREPARE)
        assert prepared.wait(seconds=120) == 0, prepared.output
        yield stage


def ask(scene: Scene, query: str) -> list[Any]:
    """The rows, past the proxies."""
    with psycopg.connect(scene.postgres.url, autocommit=True, row_factory=namedtuple_row) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def all_have_run(scene: Scene, since: datetime) -> bool:
    """Whether a tick of each schedule that was due after a moment has been worked off."""
    query = "SELECT DISTINCT schedule_name FROM scheduling_jobrun WHERE state IN ('succeeded', 'cancelled')"
    return len(ask(scene, f"{query} AND due_at > '{since.isoformat()}'")) == 5


@pytest.mark.timeout(SECONDS + 600)
def test_under_faults_each_tick_is_told_once_and_no_run_ends_twice(scene: Scene, tmp_path: Path) -> None:
    print(f"CHAOS_SEED={SEED}")
    ask(scene, WATCH_EPOCHS)
    began = datetime.now(UTC)
    scene.start(beats=3, workers=2)
    assert wait_until(lambda: all_have_run(scene, began), seconds=180), story(scene)

    scene.attack(seconds=SECONDS, faults=FAULTS)

    over = datetime.now(UTC)
    assert wait_until(lambda: all_have_run(scene, over), seconds=90, every=0.2), story(scene)
    ask(scene, PAUSE)
    assert wait_until(lambda: ask(scene, OPEN)[0].count == 0, seconds=90, every=0.2), story(scene)

    runs = ask(scene, RUNS)
    ledger = [Entry(*map(int, line.split())) for line in (tmp_path / "ledger").read_text().splitlines()]
    faults = [
        *untold_ticks(runs),
        *unexplained(runs),
        *ended_twice(runs, ledger),
        *(f"a tick was inserted under a stale epoch: {row}" for row in stale(scene)),
    ]
    assert not faults, f"{faults}\n{story(scene)}"


def untold_ticks(runs: list[Any]) -> list[str]:
    """Where the rows of a schedule leave a tick out, or tell one twice. Each row stands for one tick, or for a gap."""
    wrong = []
    for one, following in pairwise(runs):
        if one.schedule_name == following.schedule_name and following.due_at - last_of(one) != SECOND:
            wrong.append(f"{one.schedule_name}: after {last_of(one)} ({one.id}) comes {following.due_at}")
    miscounted = [run for run in runs if (last_of(run) - run.due_at) // SECOND + 1 != run.ticks]
    return wrong + [
        f"{run.schedule_name}: {run.ticks} ticks from {run.due_at} to {run.due_until}" for run in miscounted
    ]


def last_of(run: Any) -> datetime:
    last: datetime = run.due_until or run.due_at
    return last


def unexplained(runs: list[Any]) -> list[str]:
    """Runs that have not ended, or were not run and do not say why."""
    open_ = [f"run {run.id} is {run.state}" for run in runs if run.state not in ENDED]
    silent = [f"run {run.id} says nothing" for run in runs if run.state == "skipped" and not run.reason]
    wrong = [f"run {run.id}: {run.error}" for run in runs if run.state == "failed" and "was lost" not in run.error]
    return open_ + silent + wrong


def ended_twice(runs: list[Any], ledger: list[Entry]) -> list[str]:
    """Attempts that came to their end twice, and runs whose recorded end is not the ledger's.

    A worker killed between the ledger's line and the record leaves a line of an attempt that counts as lost: such a
    line has a lower fence than the run, which says that it lost an attempt.
    """
    twice = [f"{entry} {times} times" for entry, times in Counter(ledger).items() if times > 1]
    by_run: dict[int, list[Entry]] = {}
    for entry in ledger:
        by_run.setdefault(entry.run, []).append(entry)
    wrong = []
    for run in runs:
        entries = by_run.get(run.id, [])
        recorded = [entry for entry in entries if entry.fence == run.fence]
        if run.state == "succeeded" and len(recorded) != 1:
            wrong.append(f"run {run.id} has succeeded, and the ledger says {entries}")
        if len([entry for entry in entries if entry.fence < run.fence]) > len(run.earlier_attempts):
            wrong.append(f"run {run.id} ended more often than it was lost: {entries}")
    return twice + wrong


def stale(scene: Scene) -> list[Any]:
    """Ticks that another session inserted than the one that held the lease, or an earlier epoch after a later one."""
    return ask(scene, STALE)


def story(scene: Scene) -> str:
    """What was done to it, how it stands, and what the processes said at last."""
    last = [f"--- {one.log.stem}\n{one.output[-1500:]}" for one in (*scene.beats, *scene.workers)]
    states = ask(scene, "SELECT schedule_name, state, count(*) FROM scheduling_jobrun GROUP BY 1, 2 ORDER BY 1, 2")
    return "\n".join([f"CHAOS_SEED={SEED}", *scene.told, str(states), *last])
