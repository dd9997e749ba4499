"""Upstreams that fail one request in five, and workers that are killed every few seconds: the catalogue is the same.

A quiet reading and refreshing comes first; then everything is forgotten and done once more, disturbed.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from adaptapedia.local.processes import wait_until
from tests.chaos.test_ingestion import Installation, installed
from tests.library import FIRST_FILM, INGESTION, library, standing
from tests.upstreams.lab import TmdbLab
from tests.upstreams.misbehaviour import PASSING
from tests.upstreams.titles import film
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import serve

REFRESH = "weekly-tmdb-refresh"
PAIRS = 300
KILL_EVERY = 5.0
MOST_KILLS = 10
WITHIN = 200.0
FAULTS = [fault for fault in PASSING if fault != "429-silent"]
"""Without the pause of a minute that Wikidata's silence about its length costs."""


@dataclass
class Upstreams:
    installation: Installation
    tmdb: TmdbLab

    def misbehave(self, seed: int) -> None:
        self.installation.wikidata.at_random(seed, 5, among=FAULTS)
        self.tmdb.at_random(seed, 5, among=FAULTS)

    def behave(self) -> None:
        self.installation.wikidata.clear()
        self.tmdb.clear()


@pytest.fixture(scope="module")
def upstreams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstreams]:
    numbers = range(PAIRS)
    ids = "".join(triples(FIRST_FILM + n, P4947=str(50_000 + n)) for n in numbers)
    with ExitStack() as stack:
        tmdb = stack.enter_context(TmdbLab(per_second=None, latency=0.02, slow_seconds=0.2))
        tmdb.add(*(film(50_000 + n, f"Story {n}", date="1951-05-04", cast=f"Actor {n % 40}") for n in numbers))
        wikidata = stack.enter_context(serve(library(PAIRS) + ids))
        keys = {"TMDB_BASE_URL": tmdb.url, "TMDB_API_KEY": tmdb.api_key}
        whole = stack.enter_context(installed(wikidata, logs=tmp_path_factory.mktemp("logs"), environment=keys))
        yield Upstreams(whole, tmdb)


def bring_to_its_end(installation: Installation, name: str, *, kill: bool) -> int:
    """Run a job until it succeeds, whatever befalls its attempts; how often its worker was killed."""
    deadline, kills = time.monotonic() + WITHIN, 0
    while time.monotonic() < deadline:
        number = installation.request_run(name)
        if not rests(installation, number):
            if kill and kills < MOST_KILLS:
                kill_worker(installation)
                kills += 1
        elif installation.run(number)["state"] == "succeeded":
            return kills
    pytest.fail(f"{name} did not succeed within {WITHIN:.0f} s: {installation.story(number)}")


def rests(installation: Installation, number: int) -> bool:
    """Whether the run ends, or waits for its next attempt, before its worker's time is up."""
    return wait_until(lambda: installation.run(number)["state"] not in {"queued", "running"}, seconds=KILL_EVERY)


def kill_worker(installation: Installation) -> None:
    installation.workers.pop().kill()
    installation.start_worker()


@pytest.mark.timeout(600)
def test_the_catalogue_is_the_same_as_after_a_quiet_day(upstreams: Upstreams) -> None:
    installation = upstreams.installation
    for name in (INGESTION, REFRESH):
        bring_to_its_end(installation, name, kill=False)
    quiet = standing(installation.ask)
    assert len(quiet["catalogue_adaptation"]) == len(quiet["catalogue_screenmetadata"]) == PAIRS

    installation.empty()
    upstreams.misbehave(seed=7)
    kills = sum(bring_to_its_end(installation, name, kill=True) for name in (INGESTION, REFRESH))
    upstreams.behave()

    disturbed = standing(installation.ask)
    assert {table: len(rows) for table, rows in disturbed.items()} == {
        table: len(rows) for table, rows in quiet.items()
    }
    assert disturbed == quiet
    assert kills > 0, "nothing was disturbed"
    assert any(asked.fault for asked in upstreams.tmdb.requests)
    assert any(asked.fault for asked in installation.wikidata.requests)
