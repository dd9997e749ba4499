"""What an endpoint other than the first says, or a snapshot, takes nothing back: it adds, and updates what is older."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest.endpoints import Ingested
from adaptapedia.ingest.models import Reject, Sweep, SweepSuspect
from adaptapedia.sources.errors import Unavailable
from tests.integration.ingest.test_carrying import ARRAKIS, DAY, MONDAY, OLD, dune, film, people
from tests.integration.ingest.test_endpoints import ITEMS, ingest
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import Watched
from tests.integration.ingest.test_vanished import FILM_2, NOVEL_1, crowd
from tests.upstreams.triples import FILM, NOVEL, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + n * DAY for n in (1, 2, 3))


def film_of_dune(qid: int, title: str, *, modified: datetime | None) -> str:
    return triples(qid, label=title, P31=FILM, P144=190192, modified=modified)


def at(moment: datetime, *upstreams: FaultProxy, run: Watched | None = None) -> Ingested:
    with time_machine.travel(moment, tick=True):
        return ingest(*upstreams, run=run)


@pytest.fixture
def first(serve_wikidata: Serve) -> FaultProxy:
    return serve_wikidata(ARRAKIS)


@pytest.fixture
def second(first: FaultProxy) -> Iterator[FaultProxy]:
    with FaultProxy(first.target) as proxy:
        yield proxy


def titles() -> set[tuple[int | None, str]]:
    """Of screen works that are shown and are not of the crowd."""
    shown = ScreenWork.objects.filter(retired_at=None).exclude(wikidata_id__range=(10_000, 10_999))
    return set(shown.values_list("wikidata_id", "title"))


def test_an_endpoint_that_lags_takes_nothing_back_and_brings_what_is_new(
    first: FaultProxy,
    second: FaultProxy,
    serve_wikidata: Serve,
) -> None:
    was_5 = film_of_dune(5, "Dune V", modified=OLD)
    last_week = crowd(120) + NOVEL_1 + FILM_2 + dune() + film() + people() + was_5
    first.target = serve_wikidata(last_week).target
    at(MONDAY, first, second)

    new = film_of_dune(7, "Dune VII", modified=TUESDAY - DAY)
    merged = triples(5, redirect_to=6) + film_of_dune(6, "Dune V", modified=TUESDAY - DAY)
    nameless = triples(9, P31=FILM, P144=190192, modified=OLD)
    renamed = dune("Dune (novel)", modified=TUESDAY - DAY)
    today = crowd(120) + NOVEL_1 + renamed + film() + people() + merged + new + nameless
    first.target = serve_wikidata(today).target
    at(TUESDAY, first, second)
    assert titles() == {(114819, "Dune"), (6, "Dune V"), (7, "Dune VII")}
    assert ScreenWork.objects.get(wikidata_id=2).retired_reason == "gone"
    first.down()

    unknown = film_of_dune(8, "Dune VIII", modified=OLD)
    newer = film("Dune (1984)", modified=TUESDAY)
    lagging = crowd(120) + NOVEL_1 + FILM_2 + dune() + newer + people() + was_5 + unknown
    second.target = serve_wikidata(lagging).target
    ingested = at(WEDNESDAY, first, second)

    assert titles() == {(114819, "Dune (1984)"), (6, "Dune V"), (7, "Dune VII"), (8, "Dune VIII")}
    assert Work.objects.get(wikidata_id=190192).title == "Dune (novel)"
    assert not Adaptation.objects.filter(screen_work__wikidata_id=7).exclude(retired_at=None, missing_since=None)
    assert Adaptation.objects.filter(screen_work__wikidata_id=8).exists()
    assert [*Reject.objects.values_list("key", flat=True)] == ["Q9>Q190192"]
    assert ingested.counts["left_as_they_were"] == 2, "the novel, and what was merged"
    assert not SweepSuspect.objects.filter(sweep__is_fallback=True).exists()
    assert ingested.doubt.startswith(f"Wikidata was read from {second.url}, which is not the first endpoint")
    assert "2 items were left as they were" in ingested.doubt

    before = row_versions()
    first.up()
    first.target = serve_wikidata(today.replace(film(), newer) + unknown).target
    ingested = at(THURSDAY, first, second)
    assert row_versions() == before, "what was left was not taken as known"
    assert (ingested.doubt, ingested.counts["items"]["carried_over"]) == ("", 0)


def test_where_no_item_says_when_it_changed_only_what_is_new_comes_in(
    first: FaultProxy,
    second: FaultProxy,
    serve_wikidata: Serve,
) -> None:
    of_5 = triples(3, label="Dune III", P31=FILM, P144=5)
    first.target = serve_wikidata(ARRAKIS + of_5 + triples(5, redirect_to=190192)).target
    at(MONDAY, first, second)
    Adaptation.objects.update(missing_since=MONDAY)
    first.down()
    undated = dune("Another", modified=None) + film("Another", modified=None) + triples(2071, label="David Lynch")
    merged = triples(7934, redirect_to=77) + triples(77, label="Frank Herbert")
    unknown = film_of_dune(8, "Dune VIII", modified=None)
    before_it_was_merged = triples(5, label="Dune", P31=NOVEL)
    second.target = serve_wikidata(class_tree() + undated + merged + unknown + of_5 + before_it_was_merged).target
    for day in (TUESDAY, WEDNESDAY):
        assert at(day, first, second).counts["left_as_they_were"] == 3, "two that differ, and what was merged"
        assert titles() == {(3, "Dune III"), (114819, "Dune"), (8, "Dune VIII")}
        assert [*Work.objects.values_list("wikidata_id", "title")] == [(190192, "Dune")]
    assert Adaptation.objects.filter(missing_since=MONDAY).count() == 2
    assert Person.objects.filter(wikidata_id=7934).exists(), "nobody is merged"


def test_the_snapshot_is_that_of_the_first_endpoint_and_does_not_overwrite_what_is_newer(
    first: FaultProxy,
    second: FaultProxy,
    serve_wikidata: Serve,
) -> None:
    at(MONDAY, first, second)
    first.down()
    second.target = serve_wikidata(class_tree() + dune("Dune (novel)", modified=TUESDAY) + film() + people()).target
    at(TUESDAY, first, second)
    assert set(Sweep.objects.values_list("endpoint", "is_fallback")) == {(first.url, False), (second.url, True)}
    second.down()
    ScreenWork.objects.all().delete()
    ingested = at(WEDNESDAY, first, second, run=Watched(last_attempt=True))
    assert ingested.counts["read_from"].endswith(f" from {first.url}")
    assert "the last good snapshot was written once more" in ingested.doubt
    assert Work.objects.get().title == "Dune (novel)"
    assert titles() == {(114819, "Dune")}, "what the catalogue has lost"


def test_a_reading_goes_on_only_in_the_rank_in_which_it_was_begun(
    first: FaultProxy,
    second: FaultProxy,
) -> None:
    first.down()
    second.when(ITEMS, "500-broken")
    with pytest.raises(Unavailable):
        at(MONDAY, first, second)
    second.clear()
    ingested = at(MONDAY + timedelta(hours=1), second, first)
    assert (ingested.counts["read_from"], ingested.doubt) == (second.url, "")
    assert not Sweep.objects.get().is_fallback
