"""The main job on a real worker: it asks a person, takes an argument, and says where it read."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command

from adaptapedia.catalogue.freshness import last_wikidata_reading
from adaptapedia.catalogue.models import Adaptation
from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.test_vanished import crowd
from tests.library import INGESTION
from tests.processes import Processes, environment_of_tests
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.wikidata import FaultProxy

State = JobRun.State


@pytest.fixture(scope="module")
def upstreams() -> Iterator[tuple[FaultProxy, FaultProxy]]:
    """Two endpoints; what is behind them is another graph as soon as `target` is another's."""
    with OxigraphServer(crowd(20)) as whole, FaultProxy(whole.url) as first, FaultProxy(whole.url) as second:
        yield first, second


@pytest.fixture(scope="module")
def fewer() -> Iterator[OxigraphServer]:
    with OxigraphServer(crowd(18)) as server:
        yield server


@pytest.fixture(scope="module")
def worker_of_two(
    django_db_setup: None, upstreams: tuple[FaultProxy, FaultProxy], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    environment = environment_of_tests() | {
        "DJANGO_SETTINGS_MODULE": "tests.ingestion_settings",
        "WIKIDATA_SPARQL_ENDPOINT": ",".join(upstream.url for upstream in upstreams),
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("worker"))
    try:
        processes.start_worker("long")
        yield
    finally:
        processes.close()


@pytest.fixture
def first(
    transactional_db: None, worker_of_two: None, upstreams: tuple[FaultProxy, FaultProxy]
) -> Iterator[FaultProxy]:
    """The first of the two; both are in good order, and nobody has asked too much of them."""
    with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
        for name in ("budget:wikidata", "budget:wikidata at 127.0.0.1"):
            valkey.delete(name, f"{name}:turn")
    target = upstreams[0].target
    for upstream in upstreams:
        upstream.requests.clear()
    yield upstreams[0]
    for upstream in upstreams:
        upstream.target = target
        upstream.clear()
        upstream.up()


def settled(run: JobRun) -> JobRun:
    """The run when its attempt is over."""
    busy = JobRun.objects.filter(pk=run.pk, state__in=(State.QUEUED, State.RUNNING))
    assert wait_until(lambda: not busy.exists(), seconds=60)
    run.refresh_from_db()
    return run


def ingested(**arguments: Any) -> JobRun:
    return settled(request_run(INGESTION, arguments=arguments)[0])


def command(*words: str) -> str:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", out)
        call_command("jobs", *words)
    return out.getvalue()


@pytest.mark.parametrize(("answer", "retired", "missing"), [("go-on", 2, 2), ("keep", 0, 2)])
def test_the_run_stops_and_asks_and_goes_on_as_it_is_answered(
    first: FaultProxy, fewer: OxigraphServer, answer: str, retired: int, missing: int
) -> None:
    assert ingested().counts["adaptations"]["created"] == 20
    first.target = fewer.url
    run = ingested()
    assert (run.state, run.counts) == (State.ASKING, None)
    assert "2 of 20 pairs and 4 of 40 items have vanished since" in command("show", str(run.pk))
    assert not Adaptation.objects.filter(missing_since__isnull=False).exists()

    command("answer", str(run.pk), answer)
    run = settled(run)
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)
    assert (run.counts["adaptations"]["retired"], run.counts["adaptations"]["missing"]) == (retired, missing)
    assert Adaptation.objects.exclude(retired_at=None).count() == retired


def usually(pairs: int) -> None:
    """Runs of the last days that have read so many pairs, each of a film and a novel."""
    outcomes = {"created": 0, "updated": 0, "unchanged": pairs, "retired": 0}
    counts = {
        "read": {"works": pairs, "screen_works": pairs, "pairs": pairs},
        **dict.fromkeys(("works", "screen_works", "adaptations"), outcomes),
    }
    for _ in range(5):
        JobRun.objects.create(
            schedule_name=INGESTION, task="t", queue="long", trigger="tick", state=State.SUCCEEDED, counts=counts
        )


@pytest.mark.parametrize("answer", ["go-on", "keep"])
def test_a_sweep_that_has_read_far_less_than_usual_asks_and_applies_nothing(first: FaultProxy, answer: str) -> None:
    usually(100)
    run = ingested()
    assert (run.state, run.counts, Adaptation.objects.count()) == (State.ASKING, None, 0)
    assert run.question["text"] == (
        "Less was read than in the last runs: 20 works where 75 to 125 are usual, "
        "20 screen works where 75 to 125 are usual, 20 pairs where 75 to 125 are usual."
    )

    command("answer", str(run.pk), answer)
    run = settled(run)
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)
    assert (run.counts["adaptations"]["created"], Adaptation.objects.count()) == (20, 20)
    assert "read.pairs is 20; 75 to 125 were usual" in run.suspicion
    assert run.is_suspicious is (answer == "keep")

    asks_again = ingested()
    assert (asks_again.state == State.ASKING) is (answer == "keep"), "what was accepted is usual"


def test_what_vanished_stays_where_somebody_said_so_of_a_sweep_that_has_read_too_little(
    first: FaultProxy, upstreams: tuple[FaultProxy, FaultProxy]
) -> None:
    with OxigraphServer(crowd(120)) as many, OxigraphServer(crowd(119)) as one_less:
        first.target = many.url
        ingested()
        usually(300)
        JobRun.objects.filter(counts__read__pairs=120).delete()
        first.target = one_less.url
        run = ingested()
        assert run.state == State.ASKING
        command("answer", str(run.pk), "keep")
        counts = settled(run).counts
    assert (counts["adaptations"]["retired"], counts["adaptations"]["missing"]) == (0, 1)
    assert not Adaptation.objects.exclude(retired_at=None).exists()


def test_many_new_ones_and_many_rejects_are_not_as_usual(first: FaultProxy) -> None:
    usually(0)
    JobRun.objects.update(counts={"works": {"created": 60}, "rejects": 90})
    run = ingested()
    assert run.state == State.SUCCEEDED
    assert run.suspicion == (
        "works.created is 20; 40 to 80 were usual in the last 5 runs. "
        "rejects is 0; 68 to 112 were usual in the last 5 runs."
    )


def test_everything_is_read_when_a_run_is_asked_to(first: FaultProxy) -> None:
    told = json.loads(command("run", INGESTION, "--set", "whole=true", "--json"))
    run = settled(JobRun.objects.get(pk=told["id"]))
    assert (run.state, run.arguments["kwargs"]) == (State.SUCCEEDED, {"whole": True})


def test_an_argument_that_the_job_does_not_take_is_refused(first: FaultProxy) -> None:
    with pytest.raises(CommandError, match=r"takes no argument 'all'. It takes: whole\."):
        command("run", INGESTION, "--set", "all=true")
    assert not JobRun.objects.exists()


def test_where_it_read_is_written_on_the_run(first: FaultProxy, upstreams: tuple[FaultProxy, FaultProxy]) -> None:
    assert ingested().counts["read_from"] == first.url
    read_at = last_wikidata_reading()
    first.down()
    run = ingested()
    assert (run.state, run.counts["read_from"], run.counts["left_as_they_were"]) == (
        State.SUCCEEDED, upstreams[1].url, 0
    )  # fmt: skip
    shown = " ".join(command("show", str(run.pk)).split())
    assert "which is not the first endpoint" in shown
    assert last_wikidata_reading() == read_at
    upstreams[1].down()
    for attempt in range(1, 4):
        run = ingested()
        assert (run.state, run.attempt) == (State.WAITING, attempt)
    run = ingested()
    assert (run.state, run.attempt) == (State.SUCCEEDED, 4)
    assert run.counts["read_from"].startswith("the last good snapshot, of ")
    assert len(run.counts["failed_endpoints"]) == 2
    assert "No endpoint of Wikidata could be read" in run.suspicion
    assert last_wikidata_reading() == read_at
