"""The stand-in itself: a plan that is not carried out would let tests of faults pass for nothing."""

from collections.abc import Callable
from threading import Thread

import httpx
import pytest

from adaptapedia.local.processes import wait_until
from tests.upstreams.faults import FAULTS
from tests.upstreams.limiter import QueryLimits
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import FaultProxy

Serve = Callable[[str], FaultProxy]
AGENT = {"User-Agent": "Tests/1 (tests@example.org)"}
QUERY = {"query": "SELECT ?s WHERE { ?s ?p ?o }"}


def statuses(proxy: FaultProxy, times: int) -> list[int]:
    return [httpx.post(proxy.url, data=QUERY, headers=AGENT).status_code for _ in range(times)]


@pytest.fixture
def proxy(serve_wikidata: Serve) -> FaultProxy:
    return serve_wikidata(triples(1, label="Dune", P31=2))


def test_without_a_plan_everything_is_passed_on(proxy: FaultProxy) -> None:
    answers = [httpx.post(proxy.url, data=QUERY, headers=AGENT), httpx.get(proxy.url, params=QUERY, headers=AGENT)]

    assert [len(answer.json()["results"]["bindings"]) for answer in answers] == [2, 2]
    assert [asked.method for asked in proxy.requests] == ["POST", "GET"]


def test_faults_come_as_planned_and_then_no_more(proxy: FaultProxy) -> None:
    proxy.plan("503", None, "429-0")
    assert statuses(proxy, 4) == [503, 200, 429, 200]

    proxy.every(3, "504")
    assert statuses(proxy, 6) == [200, 200, 504, 200, 200, 504]

    proxy.clear()
    proxy.when("SELECT ?s", "400", times=2)
    proxy.when("nothing like it", "503")
    assert statuses(proxy, 3) == [400, 400, 200]


def test_an_unknown_fault_is_refused(proxy: FaultProxy) -> None:
    with pytest.raises(KeyError, match="no fault is called 418"):
        proxy.plan("418")
    assert FAULTS


def test_what_is_held_is_answered_after_its_release(proxy: FaultProxy) -> None:
    proxy.hold()
    answered: list[int] = []
    asking = Thread(target=lambda: answered.extend(statuses(proxy, 1)))
    asking.start()
    proxy.wait_until_held()
    assert answered == []

    proxy.release()
    asking.join(20)
    assert answered == [200]


def test_a_closed_port_opens_again(proxy: FaultProxy) -> None:
    proxy.down()
    with pytest.raises(httpx.ConnectError):
        statuses(proxy, 1)
    proxy.up()
    assert statuses(proxy, 1) == [200]


def test_who_does_not_say_how_to_be_reached_is_sent_away(proxy: FaultProxy) -> None:
    nameless = httpx.post(proxy.url, data=QUERY)
    assert (nameless.status_code, nameless.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert b"robot policy" in nameless.content
    assert httpx.post(proxy.url, data=QUERY, headers={"User-Agent": "A (https://a.example/)"}).status_code == 200
    assert [asked.status for asked in proxy.requests] == [403, 200]


def test_of_four_queries_at_once_one_is_too_many(proxy: FaultProxy) -> None:
    proxy.hold()
    answered: list[int] = []
    asking = [Thread(target=lambda: answered.extend(statuses(proxy, 1))) for _ in range(3)]
    for one in asking:
        one.start()
    assert wait_until(lambda: len(proxy.requests) == 3, seconds=30)
    refused = httpx.post(proxy.url, data=QUERY, headers=AGENT)
    proxy.release()
    for one in asking:
        one.join(30)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert answered == [200, 200, 200]
    assert proxy.log.most_at_once == 4
    assert statuses(proxy, 1) == [200]


def test_query_time_is_rationed_to_each_user_agent(proxy: FaultProxy) -> None:
    proxy.limits = QueryLimits(seconds_per_minute=0.6)
    proxy.plan("slow", "slow", None)
    told = httpx.post(proxy.url, data=QUERY, headers=AGENT)
    while told.status_code == 200 and len(proxy.requests) < 50:
        told = httpx.post(proxy.url, data=QUERY, headers=AGENT)

    assert told.status_code == 429
    assert int(told.headers["Retry-After"]) >= 10
    assert told.headers["Content-Type"].startswith("text/html")
    assert httpx.post(proxy.url, data=QUERY, headers={"User-Agent": "Another (b@example.org)"}).status_code == 200


def test_errors_are_rationed_too() -> None:
    now = 0.0
    limits = QueryLimits(clock=lambda: now)
    for _ in range(60):
        assert limits.begin("a") is None
        limits.end("a", seconds=0, failed=True)
    assert limits.begin("a") == 2
    assert limits.begin("b") is None
    now = 2.0
    assert limits.begin("a") is None


def test_a_minute_of_query_time_comes_back_in_a_minute_and_two_can_be_saved_up() -> None:
    now = 0.0
    limits = QueryLimits(clock=lambda: now)
    for seconds in (60, 60):
        assert limits.begin("a") is None
        limits.end("a", seconds=seconds, failed=False)
    assert limits.begin("a") == 1
    now = 600.0
    assert limits.begin("a") is None
    limits.end("a", seconds=150, failed=False)
    assert limits.begin("a") == 31


def test_callers_without_end_fill_no_memory() -> None:
    limits = QueryLimits()
    limits.begin("stays")
    for n in range(3_000):
        limits.begin(str(n))
        limits.end(str(n), seconds=1, failed=False)
    assert len(limits._callers) <= QueryLimits.MOST_CALLERS
    assert limits._callers["stays"].under_way == 1
