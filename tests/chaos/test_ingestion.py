"""The ingestion while its worker, its database and its broker are killed and restarted: nothing lost, nothing twice."""

import json
import os
import re
import secrets
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from adaptapedia.local.postgres import Postgres
from adaptapedia.local.processes import is_alive, wait_until
from adaptapedia.local.valkey import Valkey
from tests.library import INGESTION, SECOND_BATCH, counts, library, standing
from tests.processes import Processes, Running
from tests.upstreams.wikidata import FaultProxy, serve

PAIRS = 250
PYTHON = (sys.executable, "-m", "adaptapedia")
Moment = Callable[["Installation"], AbstractContextManager[Callable[[], None]]]
CUT_OFF = "its connection to the database was lost"


@dataclass
class Installation:
    """Servers of our own, a beat, a worker and a Wikidata."""

    postgres: Postgres
    valkey: Valkey
    wikidata: FaultProxy
    processes: Processes
    beat: Running = field(init=False)
    held: dict[str, ExitStack] = field(default_factory=dict)
    workers: list[Running] = field(default_factory=list)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            return connection.execute(query).fetchall()

    def command(self, *words: str) -> str:
        """What `adaptapedia WORDS` prints; it must succeed."""
        done = self.processes.start(*PYTHON, *words)
        assert done.wait(seconds=60) == 0, done.output
        return done.output

    def request_run(self, name: str = INGESTION) -> int:
        """Ask for a run now, or bring forward the one that waits; its number."""
        return int(json.loads(self.command("jobs", "run", name, "--json"))["id"])

    def run(self, number: int) -> dict[str, Any]:
        ((row,),) = self.ask(f"SELECT to_jsonb(r) FROM scheduling_jobrun AS r WHERE id = {number}")
        return dict(row)

    def settled(self, number: int) -> dict[str, Any]:
        """The run when it has ended or waits for its next attempt."""
        resting = wait_until(lambda: self.run(number)["state"] not in {"queued", "running"}, seconds=180)
        assert resting, self.story(number)
        return self.run(number)

    def story(self, number: int) -> str:
        return f"{self.run(number)}\n" + "\n".join(worker.output[-3_000:] for worker in self.workers)

    def start_worker(self) -> None:
        self.workers.append(self.processes.start_worker("long"))

    def empty(self) -> None:
        """Forget all that was read and written, as before the first run."""
        tables = self.ask(r"SELECT tablename FROM pg_tables WHERE tablename ~ '^(catalogue|ingest)_'")
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute("TRUNCATE " + ", ".join(name for (name,) in tables))
        self.wikidata.requests.clear()

    def start(self, name: str) -> None:
        running = {"postgres": self.postgres.running, "valkey": self.valkey.running}[name]
        self.held[name].enter_context(running())

    def stop(self, name: str, *, at_once: bool) -> None:
        """Stop a server as an administrator does, or as when it crashes."""
        if at_once:
            pid = self.pid(name)
            os.kill(pid, signal.SIGKILL)
            assert wait_until(lambda: not is_alive(pid), seconds=60)
        self.held[name].close()

    def pid(self, name: str) -> int:
        if name == "postgres":
            return int((self.postgres.data / "postmaster.pid").read_text().split("\n", 1)[0])
        with redis.Redis.from_url(self.valkey.url) as client:
            return int(client.info("server")["process_id"])


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with serve(library(PAIRS)) as wikidata, installed(wikidata, logs=tmp_path_factory.mktemp("logs")) as whole:
        yield whole


@contextmanager
def installed(
    wikidata: FaultProxy, *, logs: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """An installation with its servers, beat and a worker, which reads from this Wikidata."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ada-")))
        home.chmod(0o711)
        postgres = Postgres(home / "data" / "postgres", home / "run", settings={"fsync": "off"})
        valkey = Valkey(home / "data" / "valkey", home / "run")
        told = {
            **os.environ,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "localhost",
            "WIKIDATA_SPARQL_ENDPOINT": wikidata.url,
            "DJANGO_SETTINGS_MODULE": "tests.ingestion_settings",
            **(environment or {}),
        }
        held = {name: stack.enter_context(ExitStack()) for name in ("postgres", "valkey")}
        processes = Processes(environment=told, logs=logs)
        stack.callback(processes.close)
        whole = Installation(postgres, valkey, wikidata, processes, held=held)
        for name in held:
            whole.start(name)
        whole.command("migrate", "--verbosity", "0")
        whole.command("setup_periodic_tasks")
        whole.beat = processes.start_beat()
        whole.start_worker()
        yield whole


@pytest.fixture(scope="module")
def undisturbed(installation: Installation) -> dict[str, list[str]]:
    """What the catalogue holds after a run that nothing disturbed."""
    run = installation.settled(installation.request_run())
    created = counts("created", PAIRS, read_from=installation.wikidata.url)
    assert (run["state"], run["counts"], run["earlier_attempts"]) == ("succeeded", created, [])
    stands = standing(installation.ask)
    assert len(stands["catalogue_adaptation"]) == PAIRS
    return stands


@contextmanager
def reading(installation: Installation) -> Iterator[Callable[[], None]]:
    """A block in which the ingestion stands in the middle of its reading, from when the given function returns."""
    installation.wikidata.hold(SECOND_BATCH)
    yield installation.wikidata.wait_until_held
    installation.wikidata.release()


@contextmanager
def writing(installation: Installation) -> Iterator[Callable[[], None]]:
    """The same in the middle of its writing: people and works are there, screen works are about to be."""
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'catalogue_screenwork'::regclass"

    def until_it_waits() -> None:
        assert wait_until(lambda: bool(installation.ask(waiting)), seconds=120)
        assert installation.ask("SELECT count(*) FROM catalogue_work") == [(PAIRS,)]

    connection = psycopg.connect(installation.postgres.url)
    try:
        connection.execute("LOCK TABLE catalogue_screenwork IN SHARE MODE")
        yield until_it_waits
    finally:
        connection.close()


def asked_more_than_once(installation: Installation) -> Counter[str]:
    asked = Counter(request.query for request in installation.wikidata.requests)
    return Counter({query: times for query, times in asked.items() if times > 1})


def test_workers_killed_while_reading_and_while_writing_leave_a_run_that_ends_whole(
    installation: Installation, undisturbed: dict[str, list[str]]
) -> None:
    installation.empty()
    with writing(installation) as until_writing:
        with reading(installation) as until_reading:
            number = installation.request_run()
            until_reading()
            installation.workers[-1].kill()
        installation.start_worker()
        until_writing()
        installation.workers[-1].kill()
    installation.start_worker()

    run = installation.settled(number)
    assert (run["state"], run["attempt"], run["fence"]) == ("succeeded", 1, 3), installation.story(number)
    lost = [(past["attempt"], past["error"]) for past in run["earlier_attempts"]]
    assert lost == [(1, "its worker was lost")] * 2
    assert run["counts"] == counts("created", PAIRS, read_from=installation.wikidata.url)
    assert standing(installation.ask) == undisturbed
    (twice,) = asked_more_than_once(installation).items()
    assert SECOND_BATCH in twice[0]
    assert twice[1] == 2, "the batch under way, once more"


@pytest.mark.parametrize(
    ("server", "at_once", "moment"),
    [
        ("postgres", False, reading),
        ("postgres", True, writing),
        ("valkey", True, reading),
        ("valkey", False, writing),
    ],
    ids=["postgresql-restarted", "postgresql-killed", "valkey-killed", "valkey-restarted"],
)
def test_a_server_that_comes_back_costs_no_attempt(
    installation: Installation,
    undisturbed: dict[str, list[str]],
    server: str,
    at_once: bool,
    moment: Moment,
) -> None:
    installation.empty()
    with moment(installation) as until_then:
        number = installation.request_run()
        until_then()
        installation.stop(server, at_once=at_once)
    installation.start(server)

    ends_whole(installation, number, undisturbed, attempts=1, losses=[CUT_OFF] if server == "postgres" else [])


def test_a_broker_that_stays_away_costs_an_attempt_and_the_run_says_so(
    installation: Installation, undisturbed: dict[str, list[str]]
) -> None:
    installation.empty()
    with reading(installation) as until_reading:
        number = installation.request_run()
        until_reading()
        installation.stop("valkey", at_once=True)
    run = installation.settled(number)
    assert (run["state"], run["attempt"]) == ("waiting", 1), installation.story(number)
    assert re.match("ConnectionError: .*valkey.sock", run["error"])
    installation.start("valkey")
    assert installation.request_run() == number
    ends_whole(installation, number, undisturbed, attempts=2, losses=[run["error"]])


def ends_whole(
    installation: Installation, number: int, undisturbed: dict[str, list[str]], *, attempts: int, losses: list[str]
) -> None:
    """The run succeeds at this attempt, as if nothing had happened, and nobody has asked or died in vain."""
    run = installation.settled(number)
    assert (run["state"], run["attempt"]) == ("succeeded", attempts), installation.story(number)
    assert [past["error"] for past in run["earlier_attempts"]] == losses
    assert run["counts"] == counts("created", PAIRS, read_from=installation.wikidata.url)
    assert standing(installation.ask) == undisturbed
    again = asked_more_than_once(installation)
    assert [times for query, times in again.items() if SECOND_BATCH in query] in ([], [2])
    assert len(again) <= 1, "nothing but the batch under way"
    assert installation.beat.process.poll() is None
    assert installation.workers[-1].process.poll() is None
