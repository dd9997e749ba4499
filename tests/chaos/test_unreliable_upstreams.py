"""Upstreams that fail one request in five, and a worker killed in the middle of each job: the catalogue is the same.

A quiet day of all three upstreams comes first; then everything is forgotten and done once more, disturbed.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import redis

from adaptapedia.config import REDIS_DATABASES
from adaptapedia.local.processes import wait_until
from tests.chaos.test_ingestion import Installation, installed
from tests.library import FIRST_FILM, FIRST_NOVEL, INGESTION, PEOPLE, library, standing
from tests.upstreams.catalogue import TmdbTitle
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.misbehaviour import PASSING
from tests.upstreams.titles import film, work
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import FaultProxy, serve

TMDB, OPEN_LIBRARY = "weekly-tmdb-refresh", "daily-openlibrary-refresh"
PAIRS = 180
KILLED_AFTER = 0.5
"""Of the requests that the quiet run of a job took."""
WITHIN = 240.0
FIRST_TITLE, FIRST_BOOK = 50_000, 7_000


@dataclass
class Upstreams:
    installation: Installation
    tmdb: TmdbLab
    open_library: OpenLibraryLab

    @property
    def by_job(self) -> dict[str, FaultProxy | TmdbLab | OpenLibraryLab]:
        """In the order in which a day has them: each needs what the one before has brought."""
        return {INGESTION: self.installation.wikidata, TMDB: self.tmdb, OPEN_LIBRARY: self.open_library}

    def misbehave(self, seed: int) -> None:
        """One request in five fails; of Wikidata's, which are a dozen, one in three."""
        for upstream in self.by_job.values():
            upstream.requests.clear()
            upstream.plan("429-silent")
            upstream.at_random(seed, 3 if upstream is self.installation.wikidata else 5, among=PASSING)

    def behave(self) -> None:
        for upstream in self.by_job.values():
            upstream.clear()

    def let_pauses_pass(self) -> None:
        """As if the time had gone by that an upstream asked us to wait."""
        with redis.Redis.from_url(self.installation.valkey.url, db=REDIS_DATABASES["results"]) as valkey:
            for key in valkey.scan_iter("budget:*"):
                if valkey.type(key) == b"hash":  # and not whose turn it is
                    valkey.delete(key)


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
        quick = {"per_second": None, "latency": 0.02, "slow_seconds": 0.2}
        tmdb = stack.enter_context(TmdbLab(**quick))
        open_library = stack.enter_context(OpenLibraryLab(**quick))
        tmdb.add(*(title for n in range(PAIRS) if (title := title_of(n))))
        open_library.add(*(work(FIRST_BOOK + n, f"Story {n % 90}", year=1900 + n % 5) for n in range(PAIRS)))
        wikidata = stack.enter_context(serve(library(PAIRS) + "".join(map(numbers, range(PAIRS)))))
        wikidata.slow_seconds = 0.2
        environment = {
            "TMDB_BASE_URL": tmdb.url,
            "TMDB_API_KEY": tmdb.api_key,
            "OPEN_LIBRARY_BASE_URL": open_library.url,
            "CONTACT": "tests@example.org",
            "DJANGO_SETTINGS_MODULE": "tests.impatient_settings",
        }
        whole = stack.enter_context(installed(wikidata, logs=tmp_path_factory.mktemp("logs"), environment=environment))
        yield Upstreams(whole, tmdb, open_library)


def bring_to_its_end(upstreams: Upstreams, name: str, *, run_under_way: int | None = None) -> None:
    """Run a job until it succeeds, whatever befalls its attempts."""
    run = run_until(upstreams, name, lambda: False, number=run_under_way)
    assert run["state"] == "succeeded", upstreams.installation.story(run["id"])


def kill_in_the_middle(upstreams: Upstreams, name: str, *, after: int) -> int:
    """Run a job until its upstream has been asked so often since the day began, and kill its worker; its run."""
    installation, upstream = upstreams.installation, upstreams.by_job[name]
    upstream.hold(lambda _request: len(upstream.requests) > after)
    run = run_until(upstreams, name, lambda: upstream.is_holding)
    assert run["state"] == "running", installation.story(run["id"])
    installation.workers.pop().kill()
    upstream.release()
    installation.start_worker()
    return int(run["id"])


def run_until(
    upstreams: Upstreams, name: str, reached: Callable[[], bool], *, number: int | None = None
) -> dict[str, Any]:
    """Let a job make attempt after attempt until this is reached, or until it has succeeded; its run then.

    `number` is that of a run that is under way already.
    """
    installation, deadline = upstreams.installation, time.monotonic() + WITHIN
    number = number or installation.request_run(name)

    def over() -> bool:
        return reached() or installation.run(number)["state"] not in {"queued", "running"}

    while time.monotonic() < deadline:
        assert wait_until(over, seconds=WITHIN), installation.story(number)
        if reached() or installation.run(number)["state"] == "succeeded":
            return installation.run(number)
        upstreams.let_pauses_pass()
        number = installation.request_run(name)
    pytest.fail(f"{name} came to nothing within {WITHIN:.0f} s: {installation.story(number)}")


@pytest.mark.timeout(600)
def test_the_catalogue_is_the_same_as_after_a_quiet_day(upstreams: Upstreams) -> None:
    installation = upstreams.installation
    for name in upstreams.by_job:
        bring_to_its_end(upstreams, name)
    needed = {name: len(upstream.requests) for name, upstream in upstreams.by_job.items()}
    quiet = standing(installation.ask)
    assert len(quiet["catalogue_adaptation"]) == PAIRS
    matches = Counter(json.loads(match)["state"] for match in quiet["ingest_match"])
    assert matches["accepted"] > PAIRS // 6, "what was to be found has been"
    assert matches["open"] > PAIRS // 20, "and what was doubtful waits"

    installation.empty()
    upstreams.misbehave(seed=7)
    for name in upstreams.by_job:
        killed = kill_in_the_middle(upstreams, name, after=int(needed[name] * KILLED_AFTER))
        bring_to_its_end(upstreams, name, run_under_way=killed)
    upstreams.behave()

    disturbed = standing(installation.ask)
    assert {table: len(rows) for table, rows in disturbed.items()} == {
        table: len(rows) for table, rows in quiet.items()
    }
    assert disturbed == quiet
    for name, upstream in upstreams.by_job.items():
        faults = Counter(asked.fault for asked in upstream.requests if asked.fault)
        assert faults["429-silent"], f"{name} was not told to wait for it knew not how long"
        assert len(faults) > 2, f"hardly anything that {name} asked has failed: {faults}"
