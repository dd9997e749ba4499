"""Sweeps that read what has changed, and carry the rest over from the last one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest import carrying
from adaptapedia.ingest.models import Sweep, SweepItem
from adaptapedia.scheduling.jobs import Ask, Interrupted
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import (  # noqa: F401 - a fixture, used by its name
    Watched,
    fresh_budget,
    reasons,
    sweep,
)
from tests.upstreams.triples import FILM, HUMAN, MANGA, NOVEL, SERIES, Date, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
OLD, NEW = MONDAY - timedelta(days=30), MONDAY + timedelta(hours=12)
DAY = timedelta(days=1)


def dune(title: str = "Dune", *, modified: datetime | None = OLD) -> str:
    return triples(190192, label=title, P31=NOVEL, P577=Date(1965), P50=7934, modified=modified)


def film(title: str = "Dune", *, modified: datetime | None = OLD) -> str:
    return triples(114819, label=title, P31=FILM, P144=190192, P57=2071, modified=modified)


def people(*, herbert: str = "Frank Herbert", modified: datetime | None = OLD) -> str:
    named = ((7934, herbert), (2071, "David Lynch"))
    return "".join(triples(qid, label=name, P31=HUMAN, modified=modified) for qid, name in named)


ARRAKIS = class_tree() + dune() + film() + people()


def at(moment: datetime, upstream: FaultProxy, **options: Any) -> Any:
    """A sweep at a time."""
    with time_machine.travel(moment, tick=True):
        return sweep(upstream, **options)


def asked_for(upstream: FaultProxy) -> set[int]:
    """The items whose statements were asked for."""
    details = (request.query for request in upstream.requests if "VALUES ?item" in request.query)
    return {int(word.removeprefix("wd:Q")) for query in details for word in query.split() if word.startswith("wd:Q")}


def test_the_first_sweep_is_whole_and_the_next_reads_nothing_that_has_not_changed(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    assert at(MONDAY, upstream)["items"] == {"read": 4, "carried_over": 0}
    before = row_versions()
    upstream.requests.clear()
    counts = at(MONDAY + DAY, upstream)
    assert counts["items"] == {"read": 0, "carried_over": 4}
    assert (counts["works"]["unchanged"], counts["adaptations"]["unchanged"], counts["people"]["unchanged"]) == (
        1,
        1,
        2,
    )
    assert asked_for(upstream) == set()
    assert row_versions() == before


def test_what_has_changed_is_read_and_written(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(ARRAKIS))
    upstream = serve_wikidata(class_tree() + dune("Dune (novel)", modified=NEW) + film() + people())
    counts = at(MONDAY + DAY, upstream)
    assert counts["items"] == {"read": 1, "carried_over": 3}
    assert asked_for(upstream) == {190192}
    assert (Work.objects.get().title, counts["works"]["updated"]) == ("Dune (novel)", 1)


def test_an_edit_that_takes_two_days_to_arrive_is_not_overlooked(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(ARRAKIS))
    late = MONDAY - timedelta(hours=47)
    at(MONDAY + DAY, serve_wikidata(class_tree() + dune("Late", modified=late) + film() + people()))
    assert Work.objects.get().title == "Late"


def test_an_item_that_does_not_say_when_it_changed_is_always_read(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(class_tree() + dune(modified=None) + film() + people()))
    upstream = serve_wikidata(class_tree() + dune("Untold", modified=None) + film() + people())
    assert at(MONDAY + DAY, upstream)["items"] == {"read": 1, "carried_over": 3}
    assert Work.objects.get().title == "Untold"


def test_an_item_that_has_ceased_to_say_when_it_changed_is_read(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(ARRAKIS))
    upstream = serve_wikidata(class_tree() + dune("Ceased", modified=None) + film() + people())
    at(MONDAY + DAY, upstream)
    assert (asked_for(upstream), Work.objects.get().title) == ({190192}, "Ceased")


def test_a_new_pair_is_read_with_its_people(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(ARRAKIS))
    remake = triples(60834962, label="Dune", P31=FILM, P144=190192, P57=123351, modified=OLD)
    villeneuve = triples(123351, label="Denis Villeneuve", P31=HUMAN, modified=OLD)
    upstream = serve_wikidata(ARRAKIS + remake + villeneuve)
    assert at(MONDAY + DAY, upstream)["items"] == {"read": 2, "carried_over": 4}
    assert asked_for(upstream) == {60834962, 123351}
    credit = ScreenWork.objects.get(wikidata_id=60834962).credits.get()
    assert str(credit.person) == "Denis Villeneuve"


def test_people_are_refreshed_by_whole_sweeps(serve_wikidata: Serve) -> None:
    at(MONDAY, serve_wikidata(ARRAKIS))
    renamed = serve_wikidata(class_tree() + dune() + film() + people(herbert="F. Herbert", modified=NEW))
    at(MONDAY + DAY, renamed)
    assert Person.objects.filter(name="Frank Herbert").exists()
    at(MONDAY + 2 * DAY, renamed, whole=True)
    assert Person.objects.filter(name="F. Herbert").exists()


@pytest.mark.parametrize(
    ("days", "options", "whole"),
    [(1, {}, False), (6, {}, True), (1, {"whole": True}, True), (5, {}, False)],
    ids=["tuesday", "sunday", "on demand", "saturday"],
)
def test_a_sweep_is_whole_on_sundays_and_on_demand(
    serve_wikidata: Serve, days: int, options: dict[str, bool], whole: bool
) -> None:
    upstream = serve_wikidata(ARRAKIS)
    at(MONDAY, upstream)
    assert (at(MONDAY + days * DAY, upstream, **options)["items"]["read"] == 4) is whole


def test_a_sweep_is_whole_when_sunday_was_missed(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    at(MONDAY, upstream)
    assert at(MONDAY + 5 * DAY, upstream)["items"]["read"] == 0
    assert at(MONDAY + 7 * DAY, upstream)["items"]["read"] == 4


def test_nothing_is_carried_over_from_another_endpoint_or_an_earlier_version(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    for change in ({"endpoint": "elsewhere"}, {"version": 0}):
        at(MONDAY, upstream)
        Sweep.objects.update(**change)
        assert at(MONDAY + DAY, upstream)["items"] == {"read": 4, "carried_over": 0}
        Sweep.objects.all().delete()


def test_the_last_finished_sweep_is_kept_until_the_next_has_finished_and_no_more(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    at(MONDAY, upstream)
    first = Sweep.objects.get()
    with pytest.raises(Interrupted):
        at(MONDAY + DAY, upstream, run=Watched(break_at="writing the catalogue"))
    assert set(Sweep.objects.exclude(finished_at=None)) == {first}
    at(MONDAY + DAY, upstream)
    second = Sweep.objects.get()
    assert second.pk > first.pk
    assert set(SweepItem.objects.values_list("sweep", flat=True)) == {second.pk}


def test_changes_are_read_in_slices_that_agree_with_their_count(
    serve_wikidata: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "CHANGES_SLICE", 1)
    at(MONDAY, serve_wikidata(ARRAKIS))
    upstream = serve_wikidata(class_tree() + dune("A", modified=NEW) + film("B", modified=NEW) + people())
    assert at(MONDAY + DAY, upstream)["items"] == {"read": 2, "carried_over": 2}
    assert sum("?modified" in request.query for request in upstream.requests) == 2
    assert (Work.objects.get().title, ScreenWork.objects.get().title) == ("A", "B")


def test_an_item_whose_class_is_another_now_changes_sides_though_it_was_carried_over(serve_wikidata: Serve) -> None:
    house = 99
    book = triples(190192, label="Dune", P31=house, modified=OLD)
    at(MONDAY, serve_wikidata(class_tree() + book + film() + people() + triples(house, P279=NOVEL)))
    assert Adaptation.objects.get().relation == "based_on"
    at(MONDAY + DAY, serve_wikidata(class_tree() + book + film() + people()))
    assert reasons() == {"Q114819>Q190192": "source_not_a_work"}


def test_a_source_that_becomes_a_subject_changes_sides_though_it_was_carried_over(serve_wikidata: Serve) -> None:
    both = triples(2, label="Akira", P31=[MANGA, SERIES], modified=OLD)
    akira = triples(1, label="Akira", P31=FILM, P144=2, modified=OLD)
    at(MONDAY, serve_wikidata(ARRAKIS + both + akira))
    with pytest.raises(Ask, match="1 of 2 pairs"):
        at(MONDAY + DAY, serve_wikidata(ARRAKIS + both + akira + triples(2, P144=190192)))
    assert SweepItem.objects.filter(qid=2).latest("id").side == "screen"


def test_everything_is_read_at_an_endpoint_that_takes_too_long_to_say_what_has_changed(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(ARRAKIS)
    at(MONDAY, upstream)
    upstream.when("?modified", "500-timeout")
    assert at(MONDAY + DAY, upstream)["items"] == {"read": 2, "carried_over": 2}
    assert [request.fault for request in upstream.requests].count("500-timeout") == 1
