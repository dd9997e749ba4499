"""Sweeps over items written by hand: what gets in, what does not and why, and how a broken one goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import external_id_clashes
from adaptapedia.ingest import reading, writing
from adaptapedia.ingest.models import Reject, SourceState, Sweep, SweepItem
from adaptapedia.ingest.wikidata import sweep_wikidata
from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.scheduling.bands import Band
from adaptapedia.scheduling.jobs import Interrupted
from adaptapedia.sources.errors import SourceError, Truncated, Unavailable
from adaptapedia.sources.wikidata.client import WikidataClient
from adaptapedia.sources.wikidata.records import Edge, Slice
from tests.upstreams.triples import FILM, HUMAN, NOVEL, SERIES, VIDEO_GAME, Date, Title, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
DUNE = triples(190192, label="Dune", P31=NOVEL, P577=Date("1965-08-01T00:00:00Z"), P50=7934)
DUNE_1984 = triples(114819, label="Dune", P31=FILM, P577=Date("1984-12-03T00:00:00Z"), P144=190192, P345="tt0087182")
HERBERT = triples(7934, label="Frank Herbert", P31=HUMAN, P569=Date("1920-10-08T00:00:00Z"))
FILM_OF_2 = triples(1, label="Film", P31=FILM, P144=2)
ARRAKIS = class_tree() + DUNE + DUNE_1984 + HERBERT


RUNS = count(1)


class Watched:
    """A run that keeps what it is told, and breaks off where a test wants it to."""

    attempt = 1

    def __init__(
        self, *, id: int | None = None, break_at: str = "", answer: str = "", last_attempt: bool = False
    ) -> None:
        self.id = next(RUNS) if id is None else id
        self.answer = answer
        self.last_attempt = last_attempt
        self.suspicions: list[str] = []
        self.seen: list[tuple[int, int | None, str]] = []
        self.break_at = break_at

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        self.seen.append((done, total, step))
        if self.break_at and self.break_at in step and done:
            raise Interrupted

    def suspect(self, why: str) -> None:
        self.suspicions.append(why)

    def usual(self, _figure: str) -> Band | None:
        return None


@pytest.fixture(autouse=True)
def fresh_budget() -> Iterator[None]:
    with redis.Redis.from_url(settings.BUDGET_URL) as valkey:
        valkey.delete("budget:sweep", "budget:sweep:turn")
        yield


@contextmanager
def reader(
    upstream: FaultProxy, client: type[WikidataClient] = WikidataClient, *, budget_of: str = "sweep"
) -> Iterator[WikidataClient]:
    """A client that never waits."""
    budget = Budget(
        budget_of, settings.BUDGET_URL, limits=Limits(rate=1e3, burst=1e6, failures=100), sleep=lambda _seconds: None
    )
    agent = "Test (t@example.org)"
    with client(upstream.url, user_agent=agent, budget=budget, sleep=lambda _seconds: None) as connected:
        yield connected


def sweep(upstream: FaultProxy, run: Watched | None = None, *, whole: bool = False) -> Any:
    with reader(upstream) as client:
        return sweep_wikidata(client, run or Watched(), endpoint="loopback", whole=whole)


def reasons() -> dict[str, str]:
    return dict(Reject.objects.values_list("key", "reason"))


def test_a_pair_and_its_people_get_in(serve_wikidata: Serve) -> None:
    counts = sweep(serve_wikidata(ARRAKIS))
    created = {"created": 1, "updated": 0, "unchanged": 0}
    settled = {"retired": 0, "restored": 0}
    assert counts == {
        "read_from": "loopback",
        "items": {"read": 3, "carried_over": 0},
        "read": {"people": 1, "works": 1, "screen_works": 1, "pairs": 1},
        "people": {**created, "merged": 0, **settled},
        "works": {**created, "merged": 0, **settled},
        "screen_works": {**created, "merged": 0, **settled},
        "adaptations": {**created, "missing": 0, **settled},
        "credits_and_ids": {"written": 2, "removed": 0},
        "rejected": {},
        "rejects": 0,
    }
    dune = Work.objects.get()
    assert (dune.title, dune.year, dune.form) == ("Dune", 1965, "novel")
    author = dune.credits.get().person
    assert author is not None
    assert (author.name, author.birth_year) == ("Frank Herbert", 1920)
    assert set(SourceState.objects.values_list("key", flat=True)) == {"Q190192", "Q114819", "Q7934"}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (triples(1, label="Loop", P31=FILM, P144=1), {"Q1>Q1": "same_item"}),
        (triples(1, P31=FILM, P144=190192), {"Q1>Q190192": "screen_without_name"}),
        (triples(1, label="Film", P31=FILM, P144=2) + triples(2, P31=NOVEL), {"Q1>Q2": "source_without_name"}),
        (triples(1, P31=FILM, P144=2) + triples(2, P31=NOVEL), {"Q1>Q2": "both_without_name"}),
        (triples(1, label="Q1", P31=FILM, P144=190192), {"Q1>Q190192": "screen_without_name"}),
        (triples(1, label="Film", P31=FILM, P144=99), {"Q1>Q99": "source_absent"}),
        (triples(1, label="Game", P31=NOVEL, P144=190192), {"Q1>Q190192": "not_a_screen_work"}),
        (FILM_OF_2 + triples(2, label="Pong", P31=VIDEO_GAME), {"Q1>Q2": "source_not_a_work"}),
        (FILM_OF_2 + triples(2, label="Ada", P31=HUMAN), {"Q1>Q2": "source_not_a_work"}),
        (triples(1, label="x" * 5_000, P31=FILM, P144=190192), {"Q1>Q190192": "title_too_long"}),
        (triples(1, label="Film", P31=FILM, P144=2) + triples(2, redirect_to=2), {"Q1>Q2": "source_absent"}),
        (triples(1, label="Film", P31=FILM, P144=2) + triples(2, redirect_to=99), {"Q1>Q99": "source_absent"}),
        (
            triples(1, label="Film", P31=FILM, P144=190192, P577=Date("99999-01-01T00:00:00Z")),
            {"Q1#P577 99999-01-01T00:00:00Z": "year_out_of_range"},
        ),
        (triples(1, label="Film", P31=FILM, P144=190192, P345="none"), {"Q1#P345 none": "malformed_id"}),
    ],
)
def test_what_cannot_be_taken_in_is_a_reject_with_its_reason(
    serve_wikidata: Serve, items: str, expected: dict[str, str]
) -> None:
    counts = sweep(serve_wikidata(ARRAKIS + items))
    assert reasons() == expected
    assert counts["rejected"] == {next(iter(expected.values())): 1}
    kept = {"year_out_of_range", "malformed_id"}
    assert ScreenWork.objects.filter(wikidata_id=1).exists() is (next(iter(expected.values())) in kept)
    assert Adaptation.objects.filter(screen_work__wikidata_id=114819).exists(), "one bad item harms no other"


def test_a_person_without_a_name_is_a_reject_and_no_credit(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(class_tree() + DUNE + DUNE_1984 + triples(7934, P31=HUMAN)))
    assert reasons() == {"Q7934": "person_without_name"}
    assert not Work.objects.get().credits.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("ألف ليلة وليلة", "ألف ليلة وليلة"),
        ("👨‍👩‍👧 🎬", "👨‍👩‍👧 🎬"),
        ("Du\0ne\x07", "Dune"),
    ],
)
def test_titles_of_every_kind_get_in_clean(serve_wikidata: Serve, label: str, title: str) -> None:
    sweep(serve_wikidata(ARRAKIS + triples(1, label=label, P31=FILM, P144=190192)))
    screen = ScreenWork.objects.get(wikidata_id=1)
    assert screen.title == title
    assert screen.slug


def test_names_follow_the_chain_en_mul_original_any(serve_wikidata: Serve) -> None:
    items = (
        triples(1, label={"de": "Der Film", "mul": "Film", "en": "The Film"}, P31=FILM, P144=190192)
        + triples(2, label={"de": "Der Film", "mul": "Film"}, P31=FILM, P144=190192)
        + triples(3, label={"de": "Der Film"}, P1476=Title("Le Film", "fr"), P31=FILM, P144=190192)
        + triples(4, label={"de": "Der Film"}, P31=SERIES, P144=190192)
    )
    sweep(serve_wikidata(ARRAKIS + items))
    titles = ScreenWork.objects.filter(wikidata_id__lt=5).order_by("wikidata_id").values_list("title", "kind")
    assert list(titles) == [("The Film", "film"), ("Film", "film"), ("Le Film", "film"), ("Der Film", "series")]


def test_a_film_as_source_is_a_remake_and_one_imdb_id_of_two_items_is_a_clash(serve_wikidata: Serve) -> None:
    remake = triples(1, label="Dune Again", P31=FILM, P144=114819, P345="tt0087182")
    sweep(serve_wikidata(ARRAKIS + remake))
    assert Adaptation.objects.get(screen_work__wikidata_id=1).relation == "remake_of"
    (clash,) = external_id_clashes()
    assert (clash.scheme, clash.value) == ("imdb", "tt0087182")
    assert {entry.wikidata_id for entry in clash.entries} == {1, 114819}


def test_a_reject_is_cleared_when_its_item_comes_good(serve_wikidata: Serve) -> None:
    nameless = triples(1, P31=FILM, P144=190192)
    sweep(serve_wikidata(ARRAKIS + nameless))
    assert reasons() == {"Q1>Q190192": "screen_without_name"}
    sweep(serve_wikidata(ARRAKIS + nameless + triples(1, label="Dune: Part Two")))
    assert reasons() == {}
    assert ScreenWork.objects.get(wikidata_id=1).title == "Dune: Part Two"


@pytest.mark.parametrize("empty", ["SELECT (COUNT", "P279"])
def test_an_empty_upstream_is_an_error_and_the_catalogue_stays(serve_wikidata: Serve, empty: str) -> None:
    sweep(serve_wikidata(ARRAKIS))
    with pytest.raises(Truncated, match=r"no pair at all|empty class tree"):
        sweep(serve_wikidata(class_tree() if empty != "P279" else DUNE + DUNE_1984))
    assert Adaptation.objects.filter(missing_since=None).count() == 1


@pytest.mark.parametrize(
    ("step", "phase"),
    [
        ("reading works and screen works", Sweep.Phase.ITEMS),
        ("writing the catalogue", Sweep.Phase.MERGE),
    ],
)
def test_a_sweep_broken_off_goes_on_where_it_stopped_and_counts_nothing_twice(
    serve_wikidata: Serve, monkeypatch: pytest.MonkeyPatch, step: str, phase: str
) -> None:
    monkeypatch.setattr(reading, "ITEM_BATCH", 1)
    monkeypatch.setattr(writing, "MERGE_BATCH", 1)
    upstream = serve_wikidata(ARRAKIS + triples(1, label="Dune", P31=FILM, P144=190192))
    with pytest.raises(Interrupted):
        sweep(upstream, Watched(break_at=step))
    left = Sweep.objects.get()
    assert left.phase == phase
    read = SweepItem.objects.exclude(side="pending").count()
    asked = len(upstream.requests)

    goes_on = Watched()
    with CaptureQueriesContext(connection) as told:
        counts = sweep(upstream, goes_on)
    assert sum('"classes"' in query["sql"] for query in told) == 1, "no step reads the class tree"
    assert {name: counts[name]["created"] for name in ("works", "screen_works", "people", "adaptations")} == {
        "works": 1, "screen_works": 2, "people": 1, "adaptations": 2
    }  # fmt: skip
    assert goes_on.seen[0][0] > 0, "it does not begin anew"
    assert len(upstream.requests) - asked <= 2 * (4 - read), "nothing is asked twice"
    assert Sweep.objects.latest("id").finished_at is not None


def test_of_two_attempts_at_one_sweep_only_one_goes_on(serve_wikidata: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ITEM_BATCH", 1)
    upstream = serve_wikidata(ARRAKIS)

    class Overtaken(Watched):
        def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
            if step == "reading works and screen works" and not self.seen:
                self.seen.append((done, total, step))
                sweep(upstream)

    with pytest.raises(Interrupted, match="another attempt goes on"):
        sweep(upstream, Overtaken())
    assert Adaptation.objects.count() == 1


@pytest.mark.parametrize(
    "fault",
    ["500-timeout", "500-broken", "200-timeout", "200-cut", "200-chunks-end", "200-html", "200-fewer-rows", "empty"],
)
def test_an_upstream_that_stays_broken_ends_the_attempt_and_keeps_what_was_read(
    serve_wikidata: Serve, fault: str
) -> None:
    upstream = serve_wikidata(ARRAKIS)
    sweep(upstream)
    upstream.when("VALUES ?item", fault)
    with pytest.raises(SourceError) as caught:
        sweep(upstream)
    assert str(caught.value).startswith("Wikidata")
    assert caught.value.evidence or isinstance(caught.value, Unavailable)
    open_sweep = Sweep.objects.get(finished_at=None)
    assert (open_sweep.phase, open_sweep.edges.count()) == (Sweep.Phase.ITEMS, 1)
    assert Adaptation.objects.filter(missing_since=None).count() == 1

    upstream.clear()
    assert sweep(upstream)["adaptations"]["unchanged"] == 1


def test_fewer_pairs_than_were_counted_are_an_error_and_are_read_anew(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS + triples(1, label="Dune", P31=FILM, P144=190192))
    sweep(upstream)

    class Forgetful(WikidataClient):
        def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice:
            return Slice((), 0)

    budget = Budget("sweep", settings.BUDGET_URL, limits=Limits(rate=1e3, burst=1e6))
    with (
        Forgetful(upstream.url, user_agent="Test (t@example.org)", budget=budget) as client,
        pytest.raises(Truncated, match="counted 2 pairs"),
    ):
        sweep_wikidata(client, Watched(), endpoint="loopback")
    assert not Adaptation.objects.filter(missing_since__isnull=False).exists()
    assert sweep(upstream)["adaptations"]["unchanged"] == 2


def test_two_bad_values_of_one_beginning_are_two_rejects(serve_wikidata: Serve) -> None:
    ids = ["http://example.org/" + "x" * 60 + end for end in ("1", "2")]
    sweep(serve_wikidata(ARRAKIS + triples(1, label="Film", P31=FILM, P144=190192, P345=ids)))
    assert sorted(Reject.objects.values_list("reason", flat=True)) == ["malformed_id", "malformed_id"]


def test_a_run_killed_after_its_sweep_was_finished_tells_its_own_counts(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    first = sweep(upstream, Watched(id=7))
    asked = len(upstream.requests)
    assert sweep(upstream, Watched(id=7)) == first
    assert len(upstream.requests) == asked


def test_a_title_too_long_beside_a_good_one_is_told_too(serve_wikidata: Serve) -> None:
    film = triples(1, label="Film", P31=FILM, P144=190192, P1476=Title("x" * 5_000, "fr"))
    sweep(serve_wikidata(ARRAKIS + film))
    assert [*reasons().values()] == ["title_too_long"]
    assert ScreenWork.objects.filter(wikidata_id=1).exists()
