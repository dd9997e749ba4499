"""What upstream has no longer: asked for singly, retired, restored; and when that is too much, a person is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest.models import Sweep, SweepSuspect
from adaptapedia.ingest.wikidata import sweep_wikidata
from adaptapedia.scheduling.jobs import Ask
from adaptapedia.sources.wikidata.client import WikidataClient
from adaptapedia.sources.wikidata.records import Edge, Slice
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import (  # noqa: F401 - a fixture, used by its name
    Watched,
    fresh_budget,
    reader,
    reasons,
    sweep,
)
from tests.upstreams.triples import FILM, MANGA, NOVEL, SERIES, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
CROWD = 60
"""Pairs that stand, so that a few may vanish without anybody being asked."""
NOVEL_1 = triples(1, label="Solaris", P31=NOVEL)
FILM_2 = triples(2, label="Solaris", P31=FILM, P144=1)
FILM_3 = triples(3, label="Solaris Again", P31=FILM, P144=1)
FILM_2_ALONE = triples(2, label="Solaris", P31=FILM)


def crowd(number: int = CROWD) -> str:
    films = (triples(10_000 + n, label=f"Film {n}", P31=FILM, P144=20_000 + n) for n in range(number))
    novels = (triples(20_000 + n, label=f"Novel {n}", P31=NOVEL) for n in range(number))
    return class_tree() + "".join([*films, *novels])


SOLARIS = crowd() + NOVEL_1 + FILM_2


def singly(upstream: FaultProxy) -> list[str]:
    """The items that were asked for by themselves."""
    values = (query.query.partition("VALUES ?item { ")[2].partition(" }")[0] for query in upstream.requests)
    return sorted({value for value in values if value and " " not in value})


def figures(counts: Any, outcome: str) -> tuple[int, int, int]:
    """An outcome of works, screen works and adaptations."""
    return counts["works"][outcome], counts["screen_works"][outcome], counts["adaptations"][outcome]


def adaptation(screen: int = 2) -> Adaptation:
    return Adaptation.objects.get(screen_work__wikidata_id=screen)


def test_a_pair_that_its_item_states_no_longer_is_retired_and_comes_back(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(SOLARIS))
    upstream = serve_wikidata(crowd() + NOVEL_1 + FILM_2_ALONE)
    counts = sweep(upstream)
    assert counts["adaptations"] == {
        "created": 0, "updated": 0, "unchanged": CROWD, "missing": 1, "retired": 1, "restored": 0
    }  # fmt: skip
    gone = adaptation()
    assert (gone.retired_reason, gone.retired_at, gone.missing_since) == (
        "unstated",
        gone.missing_since,
        gone.retired_at,
    )
    assert gone.provenance.keys() == {"missing_since", "retired_at"}
    assert {(stamp[0], stamp[2]) for stamp in gone.provenance.values()} == {
        ("wikidata", gone.retired_at.isoformat(timespec="seconds"))
    }
    assert not ScreenWork.objects.exclude(retired_at=None).exists(), (
        "the film stands, it is only not made from the novel"
    )
    assert singly(upstream) == ["wd:Q1", "wd:Q2"]

    before = row_versions()
    assert sweep(upstream)["adaptations"]["retired"] == 0
    assert row_versions() == before, "what is retired is nobody's suspect"

    counts = sweep(serve_wikidata(SOLARIS))
    assert (counts["adaptations"]["restored"], counts["adaptations"]["missing"]) == (1, 0)
    assert (adaptation().retired_at, adaptation().retired_reason, adaptation().missing_since) == (None, "", None)
    restored, retired = adaptation().provenance["retired_at"], gone.provenance["retired_at"]
    assert (restored[0], restored[1] != retired[1]) == ("wikidata", True), "by another run"


def test_an_item_that_is_gone_takes_its_entry_and_adaptations_with_it_until_it_is_back(serve_wikidata: Serve) -> None:
    both = crowd(120) + NOVEL_1 + FILM_2 + FILM_3
    sweep(serve_wikidata(both))
    theirs = Adaptation.objects.create(
        screen_work=ScreenWork.objects.get(wikidata_id=10_000),
        work=Work.objects.get(wikidata_id=1),
        source="person",
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    counts = sweep(serve_wikidata(crowd(120) + FILM_2 + FILM_3))
    novel = Work.objects.get(wikidata_id=1)
    assert (novel.retired_reason, novel.provenance["retired_at"][0]) == ("gone", "wikidata")
    assert figures(counts, "retired") == (
        1,
        0,
        3,
    )
    assert set(Adaptation.objects.filter(work=novel).values_list("retired_reason", flat=True)) == {"with_entry"}
    assert all(row.provenance["retired_at"][0] == "wikidata" for row in Adaptation.objects.filter(work=novel))

    counts = sweep(serve_wikidata(both))
    assert (counts["works"]["restored"], counts["adaptations"]["restored"]) == (1, 3)
    theirs.refresh_from_db()
    assert (theirs.retired_at, theirs.source) == (None, "person")
    assert not Adaptation.objects.exclude(retired_at=None).exists()
    before = row_versions()
    sweep(serve_wikidata(both))
    assert row_versions() == before


def test_a_film_whose_item_is_gone_is_retired_with_its_adaptation(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(SOLARIS))
    counts = sweep(serve_wikidata(crowd() + NOVEL_1))
    assert (counts["screen_works"]["retired"], counts["works"]["retired"], counts["adaptations"]["retired"]) == (
        1,
        0,
        1,
    )
    assert ScreenWork.objects.get(wikidata_id=2).retired_reason == "gone"


def test_a_suspect_whose_item_still_states_its_pair_is_not_missing(serve_wikidata: Serve) -> None:
    solaris = crowd(120) + NOVEL_1 + FILM_2
    sweep(serve_wikidata(solaris))
    upstream = serve_wikidata(solaris)

    class Overlooking(WikidataClient):
        """One whose slices leave out a pair, as an edit of this very minute would."""

        def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice:
            part = super().edges_after(cursor, limit=limit)
            edges = tuple(edge for edge in part.edges if edge.subject != 2)
            return Slice(edges, part.remaining - len(part.edges) + len(edges))

    with reader(upstream, Overlooking) as client:
        counts = sweep_wikidata(client, Watched(), endpoint="loopback")
    assert singly(upstream) == ["wd:Q1", "wd:Q2"]
    assert (counts["adaptations"]["missing"], counts["adaptations"]["retired"]) == (0, 0)
    assert (adaptation().missing_since, SweepSuspect.objects.get().verdict) == (None, "stated")


def test_what_a_person_has_retired_stays_retired(serve_wikidata: Serve, django_user_model: type[User]) -> None:
    upstream = serve_wikidata(SOLARIS)
    sweep(upstream)
    ada = django_user_model.objects.create(username="ada")
    edit_entry(Work.objects.get(wikidata_id=1), {"retired_at": datetime(2026, 1, 1, tzinfo=UTC)}, by=ada)
    Adaptation.objects.filter(screen_work__wikidata_id=2).update(retired_at=datetime(2026, 1, 1, tzinfo=UTC))
    counts = sweep(upstream)
    assert (counts["works"]["restored"], counts["adaptations"]["restored"]) == (0, 0)
    assert (Work.objects.get(wikidata_id=1).retired_reason, adaptation().retired_reason) == ("", "")


def test_what_a_person_has_restored_is_not_retired_again(serve_wikidata: Serve, django_user_model: type[User]) -> None:
    sweep(serve_wikidata(SOLARIS))
    gone = serve_wikidata(crowd() + FILM_2)
    sweep(gone)
    novel = Work.objects.get(wikidata_id=1)
    edit_entry(novel, {"retired_at": None}, by=django_user_model.objects.create(username="ada"))
    assert (novel.retired_at, novel.retired_reason) == (None, "")
    Adaptation.objects.filter(work=novel).update(retired_at=None, retired_reason="")
    counts = sweep(gone)
    assert (counts["works"]["retired"], counts["adaptations"]["retired"]) == (0, 0)
    assert (Work.objects.get(wikidata_id=1).retired_at, adaptation().retired_at) == (None, None)


def test_a_source_that_is_now_on_the_other_side_leaves_its_old_adaptation(serve_wikidata: Serve) -> None:
    both = triples(2, label="Akira", P31=[MANGA, SERIES])
    film = triples(3, label="Akira", P31=FILM, P144=2)
    sweep(serve_wikidata(crowd() + NOVEL_1 + both + film))
    assert adaptation(3).relation == "based_on"
    counts = sweep(serve_wikidata(crowd() + NOVEL_1 + both + film + triples(2, P144=1)))
    assert (counts["adaptations"]["created"], counts["adaptations"]["retired"]) == (2, 1)
    stands = Adaptation.objects.filter(retired_at=None, screen_work__wikidata_id=3)
    assert stands.get().relation == "remake_of"


@pytest.mark.parametrize(("vanished", "asks"), [(2, False), (3, True)], ids=["exactly 2%", "more"])
def test_more_than_two_in_a_hundred_stop_the_run_and_nothing_is_written(
    serve_wikidata: Serve, vanished: int, asks: bool
) -> None:
    sweep(serve_wikidata(crowd(100)))
    before = row_versions()
    fewer = serve_wikidata(crowd(100 - vanished) + triples(7, label="New", P31=FILM, P144=20_000))
    if not asks:
        assert sweep(fewer)["adaptations"]["retired"] == vanished
        return
    with pytest.raises(
        Ask, match=r"^3 of 100 pairs and 6 of 200 items have vanished since 20\d\d-.*Q10097 based on"
    ) as asked:
        sweep(fewer)
    assert asked.value.answers == {"go-on": "Retire what has vanished", "keep": "Keep it, and write the rest"}
    assert row_versions() == before
    assert singly(fewer) == []


def test_go_on_retires_what_has_vanished_and_does_not_ask_again(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20)))
    fewer = serve_wikidata(crowd(18))
    with pytest.raises(Ask):
        sweep(fewer, Watched(id=70_001))
    asked = len(fewer.requests)
    counts = sweep(fewer, Watched(id=70_001, answer="go-on"))
    assert figures(counts, "retired") == (
        2,
        2,
        2,
    )
    assert singly(fewer) == ["wd:Q10018", "wd:Q10019", "wd:Q20018", "wd:Q20019"]
    assert not any("P279" in request.query for request in fewer.requests[asked:]), "what was read is not read again"


def test_keep_writes_the_rest_and_marks_what_is_missing(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20)))
    fewer = serve_wikidata(crowd(18) + triples(7, label="New", P31=FILM, P144=20_000))
    with pytest.raises(Ask):
        sweep(fewer, Watched(id=70_002))
    counts = sweep(fewer, Watched(id=70_002, answer="keep"))
    assert counts["adaptations"] == {
        "created": 1, "updated": 0, "unchanged": 18, "missing": 2, "retired": 0, "restored": 0
    }  # fmt: skip
    assert Adaptation.objects.filter(missing_since__isnull=False, retired_at=None).count() == 2
    assert singly(fewer) == []


def test_a_sweep_survives_a_long_wait_for_its_answer_and_a_failure_after_it(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20)))
    fewer = serve_wikidata(crowd(18))
    with pytest.raises(Ask):
        sweep(fewer, Watched(id=70_003))
    asking = Sweep.objects.get(finished_at=None)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=5), tick=True):
        fewer.when("VALUES ?item", "403-html", times=1)
        with pytest.raises(Exception, match="403"):
            sweep(fewer, Watched(id=70_003, answer="go-on"))
        sweep(fewer, Watched(id=70_003, answer="go-on"))
    assert Sweep.objects.get() == asking


def test_an_answer_holds_for_the_sweep_that_was_asked_about_and_no_other(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20)))
    with pytest.raises(Ask):
        sweep(serve_wikidata(crowd(18)), Watched(id=70_004))
    Sweep.objects.filter(finished_at=None).delete()
    with pytest.raises(Ask):
        sweep(serve_wikidata(crowd(10)), Watched(id=70_004, answer="go-on"))
    assert not Adaptation.objects.exclude(retired_at=None).exists()


def test_another_run_that_takes_over_a_sweep_that_asks_asks_too(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20)))
    fewer = serve_wikidata(crowd(18))
    for run in (70_005, 70_006):
        with pytest.raises(Ask):
            sweep(fewer, Watched(id=run))
    assert SweepSuspect.objects.count() == 2
    assert Sweep.objects.filter(finished_at=None).count() == 1


def test_a_rejected_pair_is_no_suspect(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(SOLARIS))
    nameless = triples(2, P31=FILM, P144=1)
    counts = sweep(serve_wikidata(crowd() + NOVEL_1 + nameless))
    assert (counts["adaptations"]["missing"], reasons()) == (0, {"Q2>Q1": "screen_without_name"})


AUTHOR = triples(5, label="Stanisław Lem")
BY_LEM = triples(1, label="Solaris", P31=NOVEL, P50=5)


@time_machine.travel(datetime(2026, 1, 7, 3, tzinfo=UTC))  # no Sunday, on which all is read
def test_what_no_pair_and_no_credit_names_any_longer_is_asked_for_by_a_whole_sweep(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(120) + BY_LEM + FILM_2 + AUTHOR))
    sweep(serve_wikidata(crowd(120) + BY_LEM + FILM_2_ALONE + AUTHOR))
    assert not Person.objects.exclude(retired_at=None).exists()

    upstream = serve_wikidata(crowd(120))
    assert sweep(upstream)["works"]["retired"] == 0, "one that carries over what has not changed does not ask"
    counts = sweep(upstream, whole=True)

    assert singly(upstream) == ["wd:Q1", "wd:Q2", "wd:Q5"]
    assert figures(counts, "retired") == (1, 1, 0)
    assert counts["people"]["retired"] == 1
    assert [*Person.objects.values_list("retired_reason", flat=True)] == ["gone"]
    asked = len(upstream.requests)
    sweep(upstream, whole=True)
    assert not [query for query in upstream.requests[asked:] if "wd:Q1 " in query.query], "nobody's suspect any more"

    counts = sweep(serve_wikidata(crowd(120) + BY_LEM + FILM_2 + AUTHOR), whole=True)
    assert (counts["people"]["restored"], figures(counts, "restored")) == (1, (1, 1, 1))


def test_what_nothing_names_and_is_there_stays_and_is_asked_for_with_others(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(120) + BY_LEM + FILM_2 + AUTHOR))
    upstream = serve_wikidata(crowd(120) + BY_LEM + FILM_2_ALONE + AUTHOR)
    sweep(upstream)
    asked = len(upstream.requests)
    before = row_versions()
    counts = sweep(upstream, whole=True)

    assert [query for query in upstream.requests[asked:] if "{ wd:Q1 wd:Q2 wd:Q5 }" in query.query]
    assert (figures(counts, "retired"), counts["people"]["retired"]) == ((0, 0, 0), 0)
    assert row_versions() == before


def test_a_person_whom_nothing_names_is_followed_to_a_new_number(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(120) + BY_LEM + FILM_2 + AUTHOR))
    there = crowd(120) + BY_LEM + FILM_2_ALONE
    sweep(serve_wikidata(there + AUTHOR))
    sweep(serve_wikidata(there + triples(5, redirect_to=6) + triples(6, label="Stanisław Lem")), whole=True)

    assert [*Person.objects.values_list("wikidata_id", "retired_at")] == [(6, None)]


def test_when_too_much_that_nothing_names_is_gone_a_person_is_asked_and_may_keep_it(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(20) + BY_LEM + FILM_2 + AUTHOR))
    with pytest.raises(Ask):
        sweep(serve_wikidata(crowd(20) + BY_LEM + FILM_2_ALONE + AUTHOR), Watched(id=70_010))
    sweep(serve_wikidata(crowd(20) + BY_LEM + FILM_2_ALONE + AUTHOR), Watched(id=70_010, answer="go-on"))
    gone = serve_wikidata(crowd(20))
    with pytest.raises(Ask, match=r"^0 of 20 pairs and 3 of 43 items have vanished since 20[^:]*:\d\d UTC\.$"):
        sweep(gone, Watched(id=70_011), whole=True)

    counts = sweep(gone, Watched(id=70_011, answer="keep"), whole=True)

    assert (figures(counts, "retired"), counts["people"]["retired"]) == ((0, 0, 0), 0)
    assert singly(gone) == []
