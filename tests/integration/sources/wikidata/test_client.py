"""The client against a real SPARQL server, and against each fault that is known of Wikidata's."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from adaptapedia.kit.budget import Limits
from adaptapedia.sources.errors import RateLimited, Rejected, SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.wikidata.records import ClassEdge, Edge, Problem, Text
from tests.integration.sources.wikidata.conftest import USER_AGENT, Connect, Hours
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.triples import FILM, NOVEL, UNKNOWN_VALUE, Date, Iri, Title, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

DUNE, LYNCH, HERBERT = 190192, 30931, 7934

Serve = Callable[[str], FaultProxy]


@pytest.fixture(scope="module")
def dune_server() -> Iterator[OxigraphServer]:
    graph = (
        class_tree()
        + triples(DUNE, label="Dune", P31=NOVEL, P50=HERBERT, P577=Date("1965-08-01T00:00:00Z"))
        + triples(LYNCH, label={"en": "Dune", "fr": "Dune (film)"}, P31=FILM, P144=DUNE, P345="tt0087182")
        + triples(100, label="Dune, Part Two", P31=FILM, P144=[DUNE, 200, 300])
        + triples(400, label="Unknown source", P31=FILM, P144=Iri(UNKNOWN_VALUE))
    )
    with OxigraphServer(graph) as server:
        yield server


@pytest.fixture
def dune(dune_server: OxigraphServer) -> Iterator[FaultProxy]:
    with FaultProxy(dune_server.url) as proxy:
        yield proxy


def test_the_class_tree_comes_whole(dune: FaultProxy, connect: Connect) -> None:
    edges = connect(dune).class_edges()

    assert ClassEdge(child=FILM, parent=2431196) in edges
    assert len(edges) == 11
    assert edges == sorted(set(edges))


def test_slices_go_on_after_a_cursor_that_splits_the_sources_of_one_film(dune: FaultProxy, connect: Connect) -> None:
    client = connect(dune)
    first = client.edges_after(None, limit=2)
    second = client.edges_after(first.edges[-1], limit=2)

    assert (first.edges, first.remaining) == ((Edge(100, 200), Edge(100, 300)), 4)
    assert (second.edges, second.remaining) == ((Edge(100, DUNE), Edge(LYNCH, DUNE)), 2)
    assert client.edges_after(second.edges[-1], limit=2).remaining == 0
    assert client.edge_count() == 4


def test_every_item_asked_for_comes_back_once_and_in_order(dune: FaultProxy, connect: Connect) -> None:
    film, absent, novel = connect(dune).items([DUNE, 77777, LYNCH, DUNE])

    assert [film.qid, absent.qid, novel.qid] == [LYNCH, 77777, DUNE]
    assert (film.label, film.imdb, film.classes) == (Text("Dune", "en"), ("tt0087182",), (FILM,))
    assert (novel.published, novel.authors) == (1965, (HERBERT,))
    assert (absent.exists, film.exists) == (False, True)


def test_a_name_in_any_language_is_asked_for_only_where_there_is_no_other(
    serve_wikidata: Serve, connect: Connect
) -> None:
    proxy = serve_wikidata(
        triples(1, label={"mul": "Momo", "de": "Momo!"})
        + triples(2, label={"ja": "楢山節考", "fr": "La Ballade de Narayama"}, P364=5287)
        + triples(3, label={"fr": "Q3"}, P1476=Title("Solaris", "pl"))
        + triples(4, label={"en": "Q4"}, P31=FILM)
    )
    items = connect(proxy).items([1, 2, 3, 4])

    assert [item.label for item in items] == [Text("Momo", "mul"), Text("楢山節考", "ja"), Text("Solaris", "pl"), None]
    assert "wd:Q2 wd:Q4 }" in proxy.requests[-1].query
    assert len(proxy.requests) == 2


def test_redirects_last_changes_and_odd_titles_are_read(serve_wikidata: Serve, connect: Connect) -> None:
    changed = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    proxy = serve_wikidata(
        triples(1, redirect_to=2)
        + triples(2, label="Nu\x00l", modified=changed)
        + triples(3, label="\u202bألف ليلة\u202c 👨‍👩‍👧")
        + triples(4, label={"en": "x" * 5000, "fr": "Court"})
        + triples(5, label="y" * 5000, P577=Date("+12345-01-01T00:00:00Z"))
        + triples(6, label="Itself", P144=6)
    )
    redirect, null, arabic, falls_back, too_long, itself = connect(proxy).items(range(1, 7))

    assert (redirect.redirect_to, redirect.label) == (2, None)
    assert (null.label, null.modified) == (Text("Nul", "en"), changed)
    assert arabic.label == Text("\u202bألف ليلة\u202c 👨‍👩‍👧", "en")
    assert falls_back.label == Text("Court", "fr")
    assert (too_long.label, too_long.published) == (None, None)
    assert too_long.problems == (
        Problem("title_too_long", "y" * 200 + "…"),
        Problem("year_out_of_range", "P577 +12345-01-01T00:00:00Z"),
    )
    assert connect(proxy).edges_after(None, limit=5).edges == (Edge(6, 6),)
    assert itself.exists


def test_each_request_says_who_asks(dune: FaultProxy, connect: Connect) -> None:
    connect(dune).edge_count()

    assert [asked.user_agent for asked in dune.requests] == [USER_AGENT]


SHORT_FAULTS = [
    ("500-broken", Unavailable, "HTTP 500", "checksum error"),
    ("503", Unavailable, "HTTP 503", "under maintenance"),
    ("200-html", Unavailable, "HTML", "under maintenance"),
    ("200-cut", Truncated, "ended early", '"htt'),
    ("200-chunks-end", Truncated, "ended early", "incomplete chunked read"),
    ("200-fewer-rows", Truncated, "4 rows where 8 were counted", "the last row"),
    ("200-no-count", Truncated, "lacks its count; it has 8 rows", "xml:lang"),
    ("200-half-a-row", Truncated, "half a row", "unasked"),
    ("empty", Truncated, "lacks its count; it has 0 rows", "bindings"),
    ("reset", Unavailable, "gave no answer in HTTP", "ReadError"),
]


@pytest.mark.parametrize(("fault", "error", "says", "evidence"), SHORT_FAULTS)
def test_a_fault_that_stays_is_named_after_four_tries(
    dune: FaultProxy,
    connect: Connect,
    hours: Hours,
    fault: str,
    error: type[SourceError],
    says: str,
    evidence: str,
) -> None:
    dune.always(fault)

    with pytest.raises(error, match=says) as caught:
        connect(dune).items([DUNE, LYNCH])

    assert type(caught.value) is error
    assert caught.value.retryable
    assert evidence in caught.value.evidence
    assert len(dune.requests) == 4
    assert len(hours.slept) == 3
    assert 1 <= hours.slept[0] <= 2 <= hours.slept[1] <= 4 <= hours.slept[2] <= 8


@pytest.mark.parametrize("fault", [fault for fault, *_ in SHORT_FAULTS])
def test_a_fault_that_passes_costs_a_try_and_nothing_else(dune: FaultProxy, connect: Connect, fault: str) -> None:
    dune.plan(fault, fault)

    assert [item.label for item in connect(dune).items([DUNE])] == [Text("Dune", "en")]
    assert len(dune.requests) == 3


def test_a_slice_that_ends_early_is_noticed_by_its_count(dune: FaultProxy, connect: Connect) -> None:
    dune.always("200-fewer-rows")

    with pytest.raises(Truncated, match="2 rows where 3 were counted"):
        connect(dune).edges_after(None, limit=3)


def test_a_closed_port_is_unavailable(dune: FaultProxy, connect: Connect) -> None:
    dune.down()

    with pytest.raises(Unavailable, match=r"cannot be reached at http://127\.0\.0\.1") as caught:
        connect(dune).edge_count()

    assert "refused" in caught.value.evidence.lower()


def test_a_name_that_nobody_knows_is_unavailable(connect: Connect) -> None:
    with pytest.raises(Unavailable, match="cannot be reached at"):
        connect("http://wikidata.invalid/sparql").edge_count()


def test_the_service_is_reached_again_when_it_is_back(dune: FaultProxy, connect: Connect) -> None:
    client = connect(dune)
    assert client.edge_count() == 4
    dune.down()
    with pytest.raises(Unavailable):
        client.edge_count()
    dune.up()
    assert client.edge_count() == 4


def test_403_names_the_user_agent_and_the_setting_and_is_not_tried_again(dune: FaultProxy, connect: Connect) -> None:
    dune.always("403-html")

    with pytest.raises(Rejected, match="set CONTACT") as caught:
        connect(dune).class_edges()

    assert USER_AGENT in str(caught.value)
    assert "robot policy" in caught.value.evidence
    assert not caught.value.retryable
    assert len(dune.requests) == 1


def test_a_malformed_query_is_rejected_at_once(dune: FaultProxy, connect: Connect) -> None:
    dune.always("400")

    with pytest.raises(Rejected, match="HTTP 400") as caught:
        connect(dune).class_edges()

    assert "MalformedQueryException" in caught.value.evidence
    assert len(dune.requests) == 1


@pytest.mark.parametrize(("fault", "pause"), [("429-0", 5), ("429-30", 30), ("429-silent", 60)])
def test_a_short_pause_is_waited_for(
    dune: FaultProxy, connect: Connect, hours: Hours, fault: str, pause: float
) -> None:
    dune.plan(fault)

    assert connect(dune).edge_count() == 4
    assert hours.slept == [pytest.approx(pause, abs=0.01)]


def test_too_many_requests_for_ever_is_rate_limited(dune: FaultProxy, connect: Connect) -> None:
    dune.always("429-30")

    with pytest.raises(RateLimited) as caught:
        connect(dune).edge_count()

    assert caught.value.retry_after == 30
    assert "HTTP 429" in caught.value.evidence
    assert len(dune.requests) == 4


@pytest.mark.parametrize(("fault", "pause"), [("429-3600", 3600), ("429-date", 86_400)])
def test_a_long_pause_is_left_to_the_run(
    dune: FaultProxy, connect: Connect, hours: Hours, fault: str, pause: float
) -> None:
    dune.plan(fault)

    with pytest.raises(RateLimited) as caught:
        connect(dune).edge_count()

    assert (caught.value.retry_after, hours.slept) == (pause, [])


def test_a_pause_holds_for_every_worker(dune: FaultProxy, connect: Connect, hours: Hours) -> None:
    dune.plan("429-3600")
    with pytest.raises(RateLimited):
        connect(dune).edge_count()

    with pytest.raises(RateLimited, match="pause until") as caught:
        connect(dune).edge_count()

    assert caught.value.retry_after == pytest.approx(3600)
    assert len(dune.requests) == 1
    hours.seconds += 3590
    assert connect(dune).edge_count() == 4
    assert hours.slept == [pytest.approx(10, abs=0.01)]


def test_the_breaker_opens_for_every_worker_and_says_until_when(
    dune: FaultProxy, connect: Connect, hours: Hours
) -> None:
    dune.always("503")
    with pytest.raises(Unavailable, match="HTTP 503"):
        connect(dune).edge_count()
    with pytest.raises(Unavailable, match=r"is paused until \d\d:\d\d:\d\d UTC after 5 failures"):
        connect(dune).edge_count()
    assert len(dune.requests) == 5

    dune.clear()
    hours.seconds += 301
    assert connect(dune).edge_count() == 4


def test_one_probe_that_fails_opens_the_breaker_again(dune: FaultProxy, connect: Connect, hours: Hours) -> None:
    dune.always("503")
    for _ in range(2):
        with pytest.raises(Unavailable):
            connect(dune).edge_count()
    hours.seconds += 301

    with pytest.raises(Unavailable, match="after 6 failures"):
        connect(dune).edge_count()

    assert len(dune.requests) == 6


TIMEOUTS = ["500-timeout", "504", "200-timeout", "200-timeout-oxigraph"]


@pytest.mark.parametrize("fault", TIMEOUTS)
def test_a_batch_that_takes_too_long_is_asked_for_in_halves(
    dune: FaultProxy, connect: Connect, hours: Hours, fault: str
) -> None:
    qids = [DUNE, LYNCH, 100, 400, 501, 502, 503, 504]
    dune.when(lambda query: query.count("wd:Q") > 2 * 2, fault)

    items = connect(dune).items(qids)

    assert [item.qid for item in items] == sorted(qids)
    assert [item.exists for item in items] == [True, True, False, False, False, False, True, True]
    assert [asked.query.count("wd:Q") // 2 for asked in dune.requests[:4]] == [8, 4, 2, 2]
    assert hours.slept == []


@pytest.mark.parametrize("fault", TIMEOUTS)
def test_the_one_item_that_takes_too_long_is_the_error(dune: FaultProxy, connect: Connect, fault: str) -> None:
    dune.when(f"wd:Q{LYNCH} ", fault)

    with pytest.raises(TimedOut) as caught:
        connect(dune).items([DUNE, LYNCH, 100, 400])

    assert caught.value.evidence
    assert f"VALUES ?item {{ wd:Q{LYNCH} }}" in dune.requests[-1].query


def test_timeouts_do_not_open_the_breaker(dune: FaultProxy, connect: Connect) -> None:
    dune.plan(*["500-timeout"] * 7)
    client = connect(dune)
    for _ in range(7):
        with pytest.raises(TimedOut):
            client.items([DUNE])

    assert client.items([DUNE])[0].exists


def test_a_service_that_hangs_opens_the_breaker(dune: FaultProxy, connect: Connect) -> None:
    dune.slow_seconds = 1.5
    dune.always("slow")
    client = connect(dune, timeout=0.3, limits=Limits(failures=3))
    for _ in range(3):
        with pytest.raises(TimedOut):
            client.items([DUNE])

    with pytest.raises(Unavailable, match=r"is paused until .* after 3 failures"):
        client.items([DUNE])


@pytest.mark.parametrize("fault", ["400", "403-html", "500-timeout", "429-0"])
def test_a_probe_that_is_answered_closes_the_breaker_whatever_the_answer(
    dune: FaultProxy, connect: Connect, hours: Hours, fault: str
) -> None:
    client = connect(dune, limits=Limits(failures=1))
    dune.plan("503", fault)
    with pytest.raises(Unavailable):
        client.items([DUNE])
    hours.seconds += 301
    if fault != "429-0":  # whose pause is waited for
        with pytest.raises((Rejected, TimedOut)):
            client.items([DUNE])

    assert client.items([DUNE])[0].exists


def test_a_class_tree_that_takes_too_long_is_tried_again(dune: FaultProxy, connect: Connect) -> None:
    dune.plan("200-timeout", "500-timeout")

    assert len(connect(dune).class_edges()) == 11


@pytest.mark.parametrize("fault", ["slow", "dripping"])
def test_a_query_ends_at_its_timeout_however_the_answer_comes(dune: FaultProxy, connect: Connect, fault: str) -> None:
    dune.slow_seconds = 1.5
    dune.always(fault)

    with pytest.raises(TimedOut, match="within 0 s"):
        connect(dune, timeout=0.3).items([DUNE])


def test_what_a_query_costs_is_taken_from_the_budget_of_all(dune: FaultProxy, connect: Connect, hours: Hours) -> None:
    limits = Limits(rate=1, burst=10, cost=6)
    first, second = connect(dune, limits=limits), connect(dune, limits=limits)

    first.edge_count()
    second.edge_count()

    assert hours.slept == [pytest.approx(2, abs=0.01)]
