"""The stand-in itself: a plan that is not carried out would let tests of faults pass for nothing."""

from collections.abc import Callable
from threading import Thread

import httpx
import pytest

from tests.upstreams.faults import FAULTS
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import FaultProxy

Serve = Callable[[str], FaultProxy]
QUERY = {"query": "SELECT ?s WHERE { ?s ?p ?o }"}


def statuses(proxy: FaultProxy, times: int) -> list[int]:
    return [httpx.post(proxy.url, data=QUERY).status_code for _ in range(times)]


@pytest.fixture
def proxy(serve_wikidata: Serve) -> FaultProxy:
    return serve_wikidata(triples(1, label="Dune", P31=2))


def test_without_a_plan_everything_is_passed_on(proxy: FaultProxy) -> None:
    answers = [httpx.post(proxy.url, data=QUERY), httpx.get(proxy.url, params=QUERY)]

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
