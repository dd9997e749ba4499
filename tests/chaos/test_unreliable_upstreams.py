"""Upstreams that fail one request in five, and workers killed over and over: the catalogue is the same.

Two quiet days come first, the second with a few pairs gone from Wikidata; then everything is forgotten and done once
more, disturbed. Nothing helps it along: an attempt that fails is tried again by the schedule's own policy, and every
pause and open breaker is lived through. Workers are killed in each phase of the ingestion and in the middle of the
others: the whole worker at first, then the process alone that does the job, as the kernel kills one that takes too much
memory. With CHAOS_SECONDS, as in `make chaos`, there is far more to read, slowly, and a worker dies every 20 seconds.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat

import psycopg
import pytest
import redis
from kombu import Connection

from adaptapedia.celery import app
from adaptapedia.config import REDIS_DATABASES
from adaptapedia.local.processes import wait_until
from tests.chaos.test_ingestion import Installation, installed
from tests.library import FIRST_FILM, FIRST_NOVEL, INGESTION, PEOPLE, library, standing
from tests.upstreams.catalogue import TmdbTitle
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.misbehaviour import PASSING
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.titles import film, work
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import FaultProxy, serve

LONG = "CHAOS_SECONDS" in os.environ
SEED = int(os.environ.get("CHAOS_SEED") or 7)
KILLED_EVERY = 20.0
"""Seconds, in the long form. In the short one a job is over sooner, so that requests and phases say when."""

TMDB, OPEN_LIBRARY = "weekly-tmdb-refresh", "daily-openlibrary-refresh"
TASKS = {
    INGESTION: "run_daily_wikidata_ingestion",
    TMDB: "refresh_tmdb_metadata",
    OPEN_LIBRARY: "refresh_openlibrary_metadata",
}
PAIRS = 1_000 if LONG else 180
LATENCY = {INGESTION: 2.0, TMDB: 1.0, OPEN_LIBRARY: 0.3} if LONG else {INGESTION: 0.0, TMDB: 0.02, OPEN_LIBRARY: 0.02}
GONE = range(5, 5 + PAIRS // 60)
"""Films that Wikidata no longer has on the second day: fewer than a run would ask a person about."""
KILLS = {TMDB: 3, OPEN_LIBRARY: 2}
BUDGETS = {INGESTION: "budget:wikidata", TMDB: "budget:tmdb", OPEN_LIBRARY: "budget:open library"}
LOOKS_EVERY = 0.25
WITHIN = 3_600.0 if LONG else 240.0
FIRST_TITLE, FIRST_BOOK = 50_000, 7_000
UNDER_WAY = {"queued", "running", "waiting"}
TRY_AGAIN_SOON = "UPDATE scheduling_schedulecompanion SET retries = 1000, retry_after = '0.5 s', backoff = 1"
PHASE = "SELECT phase FROM ingest_sweep WHERE finished_at IS NULL"
WAITS_TO_WRITE = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'catalogue_screenwork'::regclass"

Moment = Callable[["Upstreams"], AbstractContextManager[Callable[[], bool]]]
"""A block within which the function tells whether the moment has come; what stands still for it goes on after it."""


@dataclass
class Upstreams:
    installation: Installation
    tmdb: TmdbLab
    open_library: OpenLibraryLab
    later: OxigraphServer
    deaths: Counter[str] = field(default_factory=Counter)
    """Of workers, by what they were at: the phase of the sweep, or the job."""
    opened: set[str] = field(default_factory=set)
    """The budgets whose breaker has been seen open."""

    @property
    def by_job(self) -> dict[str, FaultProxy | TmdbLab | OpenLibraryLab]:
        """In the order in which a day has them: each needs what the one before has brought."""
        return {INGESTION: self.installation.wikidata, TMDB: self.tmdb, OPEN_LIBRARY: self.open_library}

    def ask_for(self, name: str) -> int:
        """Ask for a job by a message of Celery's, which costs no process; the number of its run."""
        with Connection(f"redis+socket://{self.installation.valkey.socket}") as broker:
            message = app.send_task(TASKS[name], queue="long", connection=broker, ignore_result=True)
        made = f"SELECT id FROM scheduling_jobrun WHERE arguments ->> 'message' = '{message.id}'"
        assert wait_until(lambda: bool(self.installation.ask(made)), seconds=60), f"nobody has begun with {name}"
        return int(self.installation.ask(made)[0][0])

    def misbehave(self, needed: dict[str, int]) -> None:
        """One request in five fails; of Wikidata's, which are a dozen, one in three. In the middle each goes down."""
        for name, upstream in self.by_job.items():
            upstream.requests.clear()
            upstream.plan("429-silent")
            upstream.when(self._is_down(name, after=needed[name] // 3), "503")
            upstream.at_random(SEED, 3 if name == INGESTION else 5, among=PASSING)

    def _is_down(self, name: str, *, after: int) -> Callable[[str], bool]:
        """From so many requests on, until our breaker has opened."""
        upstream = self.by_job[name]
        return lambda _request: len(upstream.requests) > after and BUDGETS[name] not in self.opened

    def behave(self) -> None:
        for upstream in self.by_job.values():
            upstream.clear()

    def phase(self) -> str | None:
        """That of the sweep under way."""
        return next((phase for (phase,) in self.installation.ask(PHASE)), None)

    def kill_worker(self, number: int, *, entirely: bool) -> str:
        """Kill the worker of a run, or the process alone that has it; its name."""
        installation, run = self.installation, self.installation.run(number)
        self.deaths[self.phase() or run["schedule_name"]] += 1
        if entirely:
            installation.workers.pop().kill()
            installation.start_worker()
        else:
            os.kill(int(run["worker"].split()[-1]), signal.SIGKILL)
        return str(run["worker"])

    def look_at_breakers(self) -> None:
        with redis.Redis.from_url(self.installation.valkey.url, db=REDIS_DATABASES["results"]) as valkey:
            self.opened |= {budget for budget in BUDGETS.values() if valkey.hexists(budget, "open_until")}


def title_of(n: int) -> TmdbTitle | None:
    """What TMDb has of the nth film. Of every third Wikidata knows no number there.

    Of those TMDb lacks one in four, knows one in four by its id at IMDb, has one in four under the same title, year
    and director, and of the others a film of that title from years before.
    """
    told = {"date": f"{1950 + n % 7}-05-04", "cast": f"Actor {n % 40}", "directors": f"Person {n % PEOPLE}"}
    if n % 3 == 0:
        if n % 12 == 0:
            return None
        if n % 12 == 3:
            told["imdb"] = f"tt{n:07}"
        if n % 12 == 9:
            told |= {"date": f"{1947 + n % 7}-05-04", "directors": "Somebody Else"}
    return film(FIRST_TITLE + n, f"Story {n % 90}", **told)


def numbers(n: int) -> str:
    """The ids that Wikidata has beside those of the library: two thirds of TMDb's, of Open Library's four fifths."""
    of_tmdb = triples(FIRST_FILM + n, P4947=str(FIRST_TITLE + n)) if n % 3 else ""
    return of_tmdb + (triples(FIRST_NOVEL + n, P648=f"OL{FIRST_BOOK + n}W") if n % 5 else "")


@pytest.fixture(scope="module")
def upstreams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstreams]:
    with ExitStack() as stack:
        at_any_rate = {"per_second": None, "slow_seconds": 0.2}
        tmdb = stack.enter_context(TmdbLab(latency=LATENCY[TMDB], **at_any_rate))
        open_library = stack.enter_context(OpenLibraryLab(latency=LATENCY[OPEN_LIBRARY], **at_any_rate))
        tmdb.add(*(title for n in range(PAIRS) if (title := title_of(n))))
        open_library.add(*(work(FIRST_BOOK + n, f"Story {n % 90}", year=1900 + n % 5) for n in range(PAIRS)))
        known = library(PAIRS) + "".join(map(numbers, range(PAIRS)))
        wikidata = stack.enter_context(serve(known))
        wikidata.slow_seconds, wikidata.latency = 0.2, LATENCY[INGESTION]
        gone = tuple(f"<http://www.wikidata.org/entity/Q{FIRST_FILM + n}> " for n in GONE)
        kept = (line for line in known.splitlines(keepends=True) if not line.startswith(gone))
        later = stack.enter_context(OxigraphServer("".join(kept)))
        environment = {
            "TMDB_BASE_URL": tmdb.url,
            "TMDB_API_KEY": tmdb.api_key,
            "OPEN_LIBRARY_BASE_URL": open_library.url,
            "CONTACT": "tests@example.org",
            "DJANGO_SETTINGS_MODULE": "tests.impatient_settings",
        }
        whole = stack.enter_context(installed(wikidata, logs=tmp_path_factory.mktemp("logs"), environment=environment))
        with psycopg.connect(whole.postgres.url, autocommit=True) as connection:
            connection.execute(TRY_AGAIN_SOON)
        yield Upstreams(whole, tmdb, open_library, later)


@contextmanager
def asking(upstreams: Upstreams, phase: str) -> Iterator[Callable[[], bool]]:
    """When the ingestion asks for something in this phase of its sweep."""
    wikidata = upstreams.installation.wikidata
    wikidata.hold(lambda _query: upstreams.phase() == phase)
    yield lambda: wikidata.is_holding
    wikidata.release()


@contextmanager
def writing(upstreams: Upstreams) -> Iterator[Callable[[], bool]]:
    """When the ingestion is about to write screen works."""
    with psycopg.connect(upstreams.installation.postgres.url) as connection:
        connection.execute("LOCK TABLE catalogue_screenwork IN SHARE MODE")
        yield lambda: bool(upstreams.installation.ask(WAITS_TO_WRITE))


@contextmanager
def asked(upstreams: Upstreams, name: str, requests: int) -> Iterator[Callable[[], bool]]:
    """When the upstream of a job has been asked so often since the day began."""
    upstream = upstreams.by_job[name]
    upstream.hold(lambda _request: len(upstream.requests) > requests)
    yield lambda: upstream.is_holding
    upstream.release()


@contextmanager
def some_time(_upstreams: Upstreams) -> Iterator[Callable[[], bool]]:
    """When the last worker was killed so long ago, whatever it does."""
    until = time.monotonic() + KILLED_EVERY
    yield lambda: time.monotonic() > until


def of_the_first_day(name: str, needed: int) -> Iterable[Moment]:
    """When workers are killed that run this job, which takes so many requests when nothing disturbs it."""
    if LONG:
        return repeat(some_time)
    if name == INGESTION:
        return [partial(asking, phase=phase) for phase in ("classes", "edges", "items", "people")] + [writing]
    points = sorted(random.Random(SEED).sample(range(needed), KILLS[name]))
    return [partial(asked, name=name, requests=point) for point in points]


def of_the_second_day() -> Iterable[Moment]:
    return repeat(some_time) if LONG else [partial(asking, phase="suspects")] * 2 + [writing]


def bring_to_its_end(upstreams: Upstreams, name: str, *, kills: Iterable[Moment] = ()) -> None:
    """Run a job until it succeeds, whatever befalls its attempts, and kill its worker whenever a moment comes."""
    installation = upstreams.installation
    number = upstreams.ask_for(name)

    def over() -> bool:
        upstreams.look_at_breakers()
        return installation.run(number)["state"] not in UNDER_WAY

    def reached(condition: Callable[[], bool]) -> bool:
        assert wait_until(lambda: condition() or over(), seconds=WITHIN, every=LOOKS_EVERY), installation.story(number)
        return not over()

    for so_many, moment in enumerate(kills):
        with moment(upstreams) as has_come:
            if not reached(has_come):
                break
            killed = upstreams.kill_worker(number, entirely=LONG or so_many == 0)
        # What it had asked is still coming in, and is not to be taken for what the next one asks.
        reached(lambda: installation.run(number)["worker"] != killed)  # noqa: B023 - asked at once
    assert wait_until(over, seconds=WITHIN, every=LOOKS_EVERY), installation.story(number)
    assert installation.run(number)["state"] == "succeeded", installation.story(number)


def two_days(upstreams: Upstreams, *, needed: dict[str, int] | None = None) -> list[dict[str, list[str]]]:
    """What the catalogue holds after each, from nothing. Where it is known what each job needs, workers are killed."""
    wikidata, now = upstreams.installation.wikidata, upstreams.installation.wikidata.target
    for name in upstreams.by_job:
        bring_to_its_end(upstreams, name, kills=of_the_first_day(name, needed[name]) if needed else ())
    first = standing(upstreams.installation.ask)
    wikidata.target = upstreams.later.url
    bring_to_its_end(upstreams, INGESTION, kills=of_the_second_day() if needed else ())
    wikidata.target = now
    return [first, standing(upstreams.installation.ask)]


@pytest.mark.timeout(2 * WITHIN + 120)
def test_the_catalogue_is_the_same_as_after_quiet_days(upstreams: Upstreams) -> None:
    quiet = two_days(upstreams)
    needed = {name: len(upstream.requests) for name, upstream in upstreams.by_job.items()}
    assert [len(day["catalogue_adaptation"]) for day in quiet] == [PAIRS, PAIRS]
    retired = [sum(json.loads(row)["retired_at"] for row in day["catalogue_adaptation"]) for day in quiet]
    assert retired == [0, len(GONE)], "what was to vanish has"
    matches = Counter(json.loads(match)["state"] for match in quiet[0]["ingest_match"])
    assert matches["accepted"] > PAIRS // 6, "what was to be found has been"
    assert matches["open"] > PAIRS // 20, "and what was doubtful waits"

    upstreams.installation.empty()
    upstreams.misbehave(needed)
    disturbed = two_days(upstreams, needed=needed)
    upstreams.behave()

    for day, as_it_was in zip(disturbed, quiet, strict=True):
        assert {table: len(rows) for table, rows in day.items()} == {
            table: len(rows) for table, rows in as_it_was.items()
        }
        assert day == as_it_was
    assert upstreams.opened == {*BUDGETS.values()}
    for name, upstream in upstreams.by_job.items():
        faults = Counter(asked.fault for asked in upstream.requests if asked.fault)
        assert faults["429-silent"], f"{name} was not told to wait for it knew not how long"
        assert len(faults) > 2, f"hardly anything that {name} asked has failed: {faults}"
    if not LONG:
        phases = {"classes": 1, "edges": 1, "items": 1, "people": 1, "suspects": 2, "merge": 2}
        assert upstreams.deaths == phases | KILLS
