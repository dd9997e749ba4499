"""Faults look on the wire as they are named, at both kinds of stand-in, and random ones repeat with their seed."""

import gzip
import io
import json
import time
from collections.abc import Callable, Iterator
from threading import Thread

import httpx
import pytest

from adaptapedia.local.processes import wait_until
from tests.upstreams import bodies, faults, json_faults, messages, misbehaviour
from tests.upstreams.catalogue import Catalogue
from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.misbehaviour import PASSING
from tests.upstreams.titles import film
from tests.upstreams.triples import triples
from tests.upstreams.wikidata import FaultProxy

Ask = Callable[[], httpx.Response]
AGENT = {"User-Agent": "Tests/1 (tests@example.org)"}
QUERY = {"query": "SELECT ?value WHERE { ?s ?p ?value }"}


@pytest.fixture
def tmdb() -> Iterator[TmdbLab]:
    with TmdbLab(Catalogue([film(1, "Amélie", date="2001-04-25")]), slow_seconds=0.4, per_second=None) as lab:
        yield lab


@pytest.fixture(params=["tmdb", "wikidata"])
def planned(request: pytest.FixtureRequest) -> tuple[TmdbLab | FaultProxy, Ask]:
    """A stand-in, and how to ask it for the same thing again and again."""
    if request.param == "tmdb":
        lab: TmdbLab = request.getfixturevalue("tmdb")
        address = f"{lab.url}/movie/1"
        return lab, lambda: httpx.get(address, params={"api_key": lab.api_key}, timeout=5)
    proxy: FaultProxy = request.getfixturevalue("serve_wikidata")(triples(1, label="Amélie", P31=2))
    proxy.slow_seconds = 0.4
    return proxy, lambda: httpx.get(proxy.url, params=QUERY, headers=AGENT, timeout=5)


@pytest.mark.parametrize(
    ("fault", "status", "wait"),
    [
        ("401", 401, None),
        ("403-html", 403, None),
        ("429", 429, "1"),
        ("429-0", 429, "0"),
        ("429-30", 429, "30"),
        ("429-date", 429, "Fri, 31 Dec 2100 23:59:59 GMT"),
        ("429-silent", 429, None),
        ("500", 500, None),
        ("502", 502, None),
        ("503", 503, None),
        ("504", 504, None),
    ],
)
def test_refusals_have_their_status_and_say_how_long_to_wait(
    planned: tuple[TmdbLab | FaultProxy, Ask], fault: str, status: int, wait: str | None
) -> None:
    lab, ask = planned
    lab.plan(fault)
    answer = ask()

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert ask().status_code == 200
    assert [asked.fault for asked in lab.requests] == [fault, None]


@pytest.mark.parametrize(
    ("fault", "body"), [("200-empty", b""), ("200-list", b"[]"), ("200-null", b"null"), ("200-number", b"42")]
)
def test_wrong_shapes_come_as_if_all_were_well(
    planned: tuple[TmdbLab | FaultProxy, Ask], fault: str, body: bytes
) -> None:
    lab, ask = planned
    lab.plan(fault)
    answer = ask()

    assert (answer.status_code, answer.content) == (200, body)
    assert "json" in answer.headers["Content-Type"]


def test_a_cut_body_is_the_beginning_of_the_true_one(tmdb: TmdbLab) -> None:
    address = f"{tmdb.url}/movie/1?api_key={tmdb.api_key}"
    true = httpx.get(address).content
    tmdb.plan("200-cut")
    cut = httpx.get(address).content

    assert 0 < len(cut) < len(true)
    assert true.startswith(cut)


def test_a_page_comes_where_json_was_due(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("200-html")
    answer = ask()

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_chunks_end_without_an_end(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("200-chunks-end")
    with pytest.raises(httpx.RemoteProtocolError):
        ask()


def test_a_reset_is_one(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("reset")
    with pytest.raises(httpx.NetworkError):
        ask()
    assert ask().status_code == 200


def test_slow_answers_are_true_ones(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("slow")
    began = time.monotonic()
    slow = ask()

    assert time.monotonic() - began >= 0.4
    assert slow.content == ask().content


def test_a_drip_never_pauses_for_long_and_is_no_json(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("dripping")
    answer = ask()

    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(answer.content) > 5


def test_the_charset_is_another_than_it_says(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("200-latin-1")
    answer = ask()

    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()
    assert "é".encode("latin-1") in answer.content


def test_a_script_stands_in_the_words_of_a_valid_answer(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("script")

    assert bodies.SCRIPT in json.dumps(ask().json())


def test_nesting_is_too_deep_for_a_parser(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("nested")
    body = ask().content

    assert body == bodies.nested()
    with pytest.raises(RecursionError):
        json.loads(body)


def test_a_redirect_leads_to_the_next_one_without_end(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    lab.plan("endless-redirect")
    answer = ask()
    origin = str(answer.url.copy_with(path="/", query=None)).rstrip("/")
    with pytest.raises(httpx.TooManyRedirects):
        httpx.get(f"{origin}{answer.headers['Location']}", follow_redirects=True)

    assert answer.status_code == 302


@pytest.mark.parametrize("fault", ["gigabyte", "gigabyte-announced"])
def test_a_gigabyte_comes_or_is_announced_and_may_be_hung_up_on(
    planned: tuple[TmdbLab | FaultProxy, Ask], fault: str
) -> None:
    lab, ask = planned
    whole = ask()
    lab.plan(fault)
    with httpx.stream(whole.request.method, whole.request.url) as answer:
        if fault == "gigabyte":
            pieces = answer.iter_raw(bodies.MIB)
            assert sum(len(next(pieces)) for _ in range(40)) == 40 * bodies.MIB
        else:
            assert int(answer.headers["Content-Length"]) == 2**30
    assert ask().status_code == 200


def test_a_bomb_is_a_mebibyte_that_unpacks_to_a_gibibyte(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, ask = planned
    whole = ask()
    lab.plan("gzip-bomb")
    with httpx.stream("GET", whole.request.url) as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(packed) < 2 * bodies.MIB
    with gzip.open(io.BytesIO(packed)) as unpacked:
        assert sum(len(piece) for piece in iter(lambda: unpacked.read(64 * bodies.MIB), b"")) == 2**30 + 2


def test_what_is_held_is_answered_after_its_release(tmdb: TmdbLab) -> None:
    answered: list[int] = []
    tmdb.hold("/movie/1")
    address = f"{tmdb.url}/movie/1?api_key={tmdb.api_key}"
    asking = Thread(target=lambda: answered.append(httpx.get(address, timeout=20).status_code))
    asking.start()
    tmdb.wait_until_held()
    assert answered == []
    assert httpx.get(address.replace("/movie/1", "/movie/2")).status_code == 404
    tmdb.release()
    asking.join(20)

    assert answered == [200]


def test_a_closed_port_refuses_and_opens_again(tmdb: TmdbLab) -> None:
    with httpx.Client(base_url=tmdb.url, params={"api_key": tmdb.api_key}) as client:
        assert client.get("/movie/1").status_code == 200
        tmdb.down()
        with pytest.raises(httpx.TransportError):
            client.get("/movie/1")
        with pytest.raises(httpx.ConnectError):
            client.get("/movie/1")
        tmdb.up()
        assert client.get("/movie/1").status_code == 200


def test_both_stand_ins_know_what_happens_at_random() -> None:
    assert {*PASSING} <= faults.FAULTS.keys() & json_faults.FAULTS.keys()


def test_an_unknown_fault_is_refused(planned: tuple[TmdbLab | FaultProxy, Ask]) -> None:
    lab, _ = planned
    with pytest.raises(KeyError, match="no fault is called 418"):
        lab.at_random(1, 5, among=["418"])


def drawn(lab: TmdbLab | OpenLibraryLab | FaultProxy, seed: int, requests: list[str]) -> dict[tuple[str, int], str]:
    """What befell each request, by how often it had come before."""
    lab.clear()
    lab.at_random(seed, 5)
    seen: dict[str, int] = {}
    found = {}
    for request in requests:
        seen[request] = seen.get(request, 0) + 1
        if fault := lab.next_fault(request):
            found[request, seen[request]] = fault
    lab.clear()
    return found


def test_random_faults_repeat_with_their_seed_in_whatever_order_requests_come(
    planned: tuple[TmdbLab | FaultProxy, Ask],
) -> None:
    lab, _ = planned
    requests = [f"/3/movie/{number}" for number in range(1000)] * 2
    first = drawn(lab, 7, requests)

    assert first == drawn(lab, 7, requests[::-1])
    assert first != drawn(lab, 8, requests)
    assert len(first) == pytest.approx(400, abs=80)
    assert {*first.values()} == {*PASSING}


def test_random_faults_befall_real_requests(tmdb: TmdbLab) -> None:
    tmdb.at_random(3, 2, among=["503", "429-0"])
    with httpx.Client(base_url=tmdb.url, params={"api_key": tmdb.api_key}) as client:
        statuses = [client.get("/movie/1").status_code for _ in range(40)]

    assert {*statuses} == {200, 429, 503}
    # What the log says of an answer may come a moment after the answer.
    assert wait_until(lambda: [asked.status for asked in tmdb.requests] == statuses, seconds=20)


def test_the_log_tells_another_process_how_it_was_asked(tmdb: TmdbLab) -> None:
    tmdb.latency = 0.05
    httpx.post(f"{tmdb.origin}/_lab/faults", json={"plan": ["503"]})
    for _ in range(2):
        httpx.get(f"{tmdb.url}/movie/1", headers={"User-Agent": "one"}, params={"api_key": tmdb.api_key})
    told = httpx.get(f"{tmdb.origin}/_lab/log").json()

    assert (told["requests"], told["most_at_once"]) == (2, 1)
    assert told["statuses"] == {"503": 1, "200": 1}
    assert told["user_agents"] == {"one": 2}
    assert httpx.post(f"{tmdb.origin}/_lab/faults", json={"down": []}).status_code == 422
    httpx.delete(f"{tmdb.origin}/_lab/log")
    assert tmdb.requests == []


def test_a_log_forgets_what_was_asked_long_ago_but_not_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "KEPT", 10)
    monkeypatch.setattr(messages, "MOST_WORDS", 3)
    log = messages.Log[messages.Asked]()
    for n in range(1_005):
        log.note(messages.Asked("GET", f"/{n}", f"agent {n}", float(n), "503" if n % 5 == 0 else None, 200))
        assert len(log.requests) < 20
    told = log.summary()

    assert [asked.target for asked in log.requests][-1] == "/1004"
    assert (told["requests"], told["statuses"], told["faults"]) == (1_005, {"200": 1_005}, {"503": 201})
    assert len(log.older["user_agents"]) == 3
    log.clear()
    assert log.summary()["requests"] == 0


def test_chance_remembers_so_many_requests_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misbehaviour, "REMEMBERED", 100)
    chance = misbehaviour.Misbehaviour(PASSING)
    chance.at_random(1, 2)
    first = [chance.next_fault(f"/{n}") for n in range(50)]
    again = [chance.next_fault(f"/{n}") for n in range(50)]
    for n in range(50, 1_000):
        chance.next_fault(f"/{n}")
    drawing = chance._chance
    assert drawing is not None
    assert len(drawing.asked) == 100
    assert first != again
    assert first == [chance.next_fault(f"/{n}") for n in range(50)], "as if never asked before"
