"""The ingestion before a Wikidata that misbehaves: what the operator sees, what is kept, and how it goes on."""

import html
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from adaptapedia.ingest.models import Sweep
from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.actions import request_run
from adaptapedia.scheduling.models import JobRun
from tests.integration.ops.samples import make_person
from tests.library import INGESTION, counts, library, standing
from tests.processes import Processes, environment_of_tests
from tests.upstreams.wikidata import FaultProxy, serve

State = JobRun.State
PAIRS = 30
BATCH = "VALUES ?item"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def served() -> Iterator[FaultProxy]:
    with serve(library(PAIRS)) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def worker(django_db_setup: None, served: FaultProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One worker for all these tests: none of them hurts it."""
    environment = environment_of_tests() | {
        "DJANGO_SETTINGS_MODULE": "tests.ingestion_settings",
        "WIKIDATA_SPARQL_ENDPOINT": served.url,
        "CONTACT": "ada@example.org",
    }
    processes = Processes(environment=environment, logs=tmp_path_factory.mktemp("worker"))
    try:
        processes.start_worker("long")
        yield
    finally:
        processes.close()


@pytest.fixture
def wikidata(transactional_db: None, worker: None, served: FaultProxy) -> Iterator[FaultProxy]:
    """Wikidata in good order, which nobody has asked too much of."""
    with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
        valkey.delete("budget:wikidata", "budget:wikidata:turn")
    served.requests.clear()
    yield served
    served.clear()
    served.up()


def all_of(outcome: str, wikidata: FaultProxy) -> dict[str, Any]:
    return counts(outcome, PAIRS, read_from=wikidata.url)


def ask(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    return [tuple(json.loads(v) if isinstance(v, str) and v[:1] == "{" else v for v in row) for row in rows]


def ingested() -> JobRun:
    """The run of the schedule that is asked for now, or brought forward, when its attempt is over."""
    run, _new = request_run(INGESTION)
    under_way = JobRun.objects.filter(pk=run.pk, state__in=(State.QUEUED, State.RUNNING))
    assert wait_until(lambda: not under_way.exists(), seconds=120)
    run.refresh_from_db()
    return run


def page_of(run: JobRun) -> str:
    """What an operator reads of a run."""
    client = Client()
    client.force_login(make_person("grace", "administrator"))
    return html.unescape(client.get(f"/ops/runs/{run.pk}/").content.decode())


@pytest.mark.parametrize(
    ("fault", "error", "seen"),
    [
        ("500-broken", "Unavailable: Wikidata answered HTTP 500", "IOException: checksum error"),
        ("500-timeout", "TimedOut: Wikidata stopped the query because it took too long", "FutureTask.java:205"),
        ("200-cut", "Truncated: Wikidata's answer ended early", '"value":"'),
        ("200-chunks-end", "Truncated: Wikidata's answer ended early", "incomplete chunked read"),
        ("200-fewer-rows", "Truncated: Wikidata's answer holds 150 rows where 300 were counted", "the last row"),
        ("200-html", "Unavailable: Wikidata answered HTML or XML where JSON was due", "under maintenance"),
        ("empty", "Truncated: Wikidata's answer lacks its count; it has 0 rows", '"bindings":[]'),
        ("reset", "Unavailable: Wikidata gave no answer in HTTP", "ReadError"),
    ],
)
def test_a_fault_is_told_with_its_evidence_and_the_next_attempt_goes_on(
    wikidata: FaultProxy, fault: str, error: str, seen: str
) -> None:
    assert ingested().counts == all_of("created", wikidata)
    before = standing(ask)

    wikidata.when(BATCH, fault)
    run = ingested()
    assert (run.state, run.attempt, run.counts) == (State.WAITING, 1, None)
    assert run.error.startswith(error)
    assert [(past["attempt"], past["error"]) for past in run.earlier_attempts] == [(1, run.error)]
    assert run.next_attempt_at is not None
    assert HOUR - timedelta(minutes=1) < run.next_attempt_at - timezone.now() <= HOUR
    page = page_of(run)
    assert run.error in page
    assert seen in page
    assert standing(ask) == before
    kept = Sweep.objects.get(finished_at=None)
    assert (kept.phase, kept.edges.count()) == (Sweep.Phase.ITEMS, PAIRS)

    wikidata.clear()
    asked = len(wikidata.requests)
    run = ingested()
    assert (run.state, run.attempt, run.error, run.counts) == (State.SUCCEEDED, 2, "", all_of("unchanged", wikidata))
    assert len(run.earlier_attempts) == 1
    assert all(BATCH in request.query for request in wikidata.requests[asked:]), "what was read is not asked again"
    assert standing(ask) == before


def test_a_closed_port_is_told_and_the_run_waits(wikidata: FaultProxy) -> None:
    wikidata.down()
    run = ingested()
    assert (run.state, run.error) == (State.WAITING, f"Unavailable: Wikidata cannot be reached at {wikidata.url}")
    assert "Connect call failed" in page_of(run)
    assert Sweep.objects.get().phase == Sweep.Phase.CLASSES

    wikidata.up()
    run = ingested()
    assert (run.state, run.attempt, run.counts) == (State.SUCCEEDED, 2, all_of("created", wikidata))


def test_a_403_fails_at_once_and_says_what_to_set(wikidata: FaultProxy) -> None:
    wikidata.when(BATCH, "403-html")
    run = ingested()
    assert (run.state, run.attempt, run.earlier_attempts, run.next_attempt_at) == (State.FAILED, 1, [], None)
    assert run.error.startswith("Rejected: Wikidata answered 403 to the User-Agent 'Adaptapedia/")
    assert run.error.endswith("(ada@example.org) httpx': it must name a way to reach you; set CONTACT")
    assert [request.fault for request in wikidata.requests].count("403-html") == 1
    assert "robot policy" in page_of(run)
    assert standing(ask)["catalogue_work"] == []

    wikidata.clear()
    again = ingested()
    assert again.pk != run.pk
    assert again.counts == all_of("created", wikidata)


@pytest.mark.parametrize(("fault", "seconds"), [("429-3600", 3_600), ("429-date", 86_400)])
def test_a_long_pause_is_kept_also_by_who_tries_the_run_at_once(wikidata: FaultProxy, fault: str, seconds: int) -> None:
    not_before = timezone.now() + timedelta(seconds=seconds)
    wikidata.when(BATCH, fault)
    run = ingested()
    assert (run.state, run.error) == (State.WAITING, f"RateLimited: Wikidata asks us to wait {seconds} s")
    assert run.next_attempt_at is not None
    assert run.next_attempt_at >= not_before
    assert [request.fault for request in wikidata.requests].count(fault) == 1

    wikidata.clear()
    asked = len(wikidata.requests)
    run = ingested()
    assert (run.state, run.attempt) == (State.WAITING, 2)
    assert run.error.startswith("RateLimited: Wikidata asked us to pause until ")
    assert run.next_attempt_at is not None
    assert run.next_attempt_at >= not_before
    assert len(wikidata.requests) == asked, "nobody asks while the pause lasts"
    assert Sweep.objects.get(finished_at=None).edges.count() == PAIRS


def test_a_short_pause_is_waited_for_in_place_even_when_it_is_said_to_be_none(wikidata: FaultProxy) -> None:
    wikidata.when(BATCH, "429-0", times=1)
    run = ingested()
    assert (run.state, run.attempt, run.counts) == (State.SUCCEEDED, 1, all_of("created", wikidata))
    refused = next(pair for pair in pairwise(wikidata.requests) if pair[0].fault == "429-0")
    assert refused[0].query == refused[1].query
    assert refused[1].at - refused[0].at >= 5
