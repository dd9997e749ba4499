"""Items that redirect to others: pairs and credits follow, entries of the catalogue are merged or renumbered."""

from collections.abc import Callable

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import find_by_slug
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import fresh_budget, reasons, sweep  # noqa: F401 - a fixture, used by its name
from tests.integration.ingest.test_vanished import crowd
from tests.upstreams.triples import FILM, HUMAN, NOVEL, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
OLD, NEW = 5, 6
SOLARIS = triples(OLD, label="Solaris", P31=NOVEL, P50=8)
FILM_OF_OLD = triples(1, label="Solaris", P31=FILM, P144=OLD)
FILM_OF_NEW = triples(1, label="Solaris", P31=FILM, P144=NEW)
LEM = triples(8, label="Stanisław Lem", P31=HUMAN)
MOVED = triples(OLD, redirect_to=NEW)
NEW_SOLARIS = triples(NEW, label="Solaris", P31=NOVEL, P50=8)
BEFORE = crowd() + SOLARIS + FILM_OF_OLD + LEM


def pairs() -> set[tuple[int | None, int | None]]:
    living = Adaptation.objects.filter(retired_at=None, screen_work__wikidata_id__lt=100)
    return set(living.values_list("screen_work__wikidata_id", "work__wikidata_id"))


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (FILM_OF_OLD + MOVED + NEW_SOLARIS, {(1, NEW)}),
        (FILM_OF_OLD + MOVED + triples(NEW, redirect_to=7) + triples(7, label="Solaris", P31=NOVEL), {(1, 7)}),
        (FILM_OF_OLD + MOVED + NEW_SOLARIS + triples(1, P144=NEW), {(1, NEW)}),
        (
            triples(1, P144=OLD) + triples(1, redirect_to=2) + triples(2, label="Solaris", P31=FILM) + SOLARIS,
            {(2, OLD)},
        ),
    ],
    ids=["a source", "a chain", "to what is there already", "a screen work"],
)
def test_a_pair_follows_its_redirects_and_stands_once(
    serve_wikidata: Serve, items: str, expected: set[tuple[int, int]]
) -> None:
    upstream = serve_wikidata(crowd(1) + LEM + items)
    sweep(upstream)
    assert (pairs(), reasons()) == (expected, {})
    before = row_versions()
    sweep(upstream)
    assert row_versions() == before


def test_a_pair_that_its_redirects_turn_on_itself_is_rejected(serve_wikidata: Serve) -> None:
    film = triples(1, label="Solaris", P31=FILM, P144=OLD)
    sweep(serve_wikidata(crowd(1) + film + triples(OLD, redirect_to=1)))
    assert reasons() == {"Q1>Q1": "same_item"}


def test_redirects_in_a_circle_do_no_harm(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(crowd(1) + FILM_OF_OLD + MOVED + triples(NEW, redirect_to=OLD)))
    assert reasons() == {"Q1>Q5": "source_absent"}


@pytest.mark.parametrize("film", [FILM_OF_OLD, FILM_OF_NEW], ids=["pair names the old item", "pair names the new item"])
def test_an_entry_whose_item_moved_takes_the_new_number(serve_wikidata: Serve, film: str) -> None:
    sweep(serve_wikidata(BEFORE))
    before = Work.objects.get(wikidata_id=OLD)
    after = serve_wikidata(crowd() + film + MOVED + triples(NEW, label="Solaris!", P31=NOVEL, P50=8) + LEM)
    counts = sweep(after)
    work = Work.objects.get(title="Solaris!")
    stays = (before.pk, before.slug)
    if film is FILM_OF_OLD:
        assert ((work.pk, work.slug), work.wikidata_id, counts["works"]["updated"]) == (stays, NEW, 1)
    assert (pairs(), counts["adaptations"]["retired"]) == ({(1, NEW)}, 0)
    found = find_by_slug(Work, before.slug)
    assert found is not None
    assert found[0] == work
    versions = row_versions()
    sweep(after)
    assert row_versions() == versions


def test_two_entries_whose_items_are_one_now_are_merged(serve_wikidata: Serve, django_user_model: type[User]) -> None:
    both = BEFORE + triples(NEW, label="Solaris (novel)", P31=NOVEL, P50=8) + triples(2, label="S2", P31=FILM, P144=NEW)
    sweep(serve_wikidata(both))
    old, new = Work.objects.get(wikidata_id=OLD), Work.objects.get(wikidata_id=NEW)
    edit_entry(old, {"year": 1961}, by=django_user_model.objects.create(username="ada"))
    after = crowd() + FILM_OF_OLD + MOVED + LEM + triples(2, label="S2", P31=FILM, P144=NEW)
    upstream = serve_wikidata(after + triples(NEW, label="Solaris (novel)", P31=NOVEL, P50=8))
    counts = sweep(upstream)
    assert (counts["works"]["merged"], counts["adaptations"]["retired"]) == (1, 0)
    assert find_by_slug(Work, old.slug) == (new, True)
    assert pairs() == {(1, NEW), (2, NEW)}
    new.refresh_from_db()
    assert (new.year, "year" in new.locks, new.credits.count()) == (1961, True, 1)
    before = row_versions()
    assert sweep(upstream)["works"]["merged"] == 0
    assert row_versions() == before


def test_a_vanished_pair_whose_items_both_redirect_is_merged_and_not_retired(serve_wikidata: Serve) -> None:
    """Wikidata's pairs name the new items, so that only asking for the old ones tells."""
    sweep(serve_wikidata(BEFORE))
    film = ScreenWork.objects.get(wikidata_id=1)
    moved = triples(1, redirect_to=3) + triples(3, label="Solaris", P31=FILM, P144=NEW) + MOVED + NEW_SOLARIS + LEM
    counts = sweep(serve_wikidata(crowd() + moved))
    assert (pairs(), counts["adaptations"]["retired"]) == ({(3, NEW)}, 0)
    assert find_by_slug(ScreenWork, film.slug) is not None


def test_credits_follow_the_redirects_of_people(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(BEFORE))
    moved = triples(8, redirect_to=9) + triples(9, label="Stanisław Lem", P31=HUMAN)
    upstream = serve_wikidata(crowd() + SOLARIS + FILM_OF_OLD + moved)
    sweep(upstream)
    credit = Work.objects.get(wikidata_id=OLD).credits.get()
    assert credit.person == Person.objects.get(wikidata_id=9)
    assert (Person.objects.filter(wikidata_id=8).exists(), reasons()) == (False, {})
    before = row_versions()
    sweep(upstream)
    assert row_versions() == before


def test_two_people_who_are_one_now_are_merged(serve_wikidata: Serve) -> None:
    twin = triples(9, label="S. Lem", P31=HUMAN)
    other = triples(NEW, label="Fiasco", P31=NOVEL, P50=9) + triples(2, label="Fiasco", P31=FILM, P144=NEW)
    sweep(serve_wikidata(BEFORE + other + twin))
    counts = sweep(serve_wikidata(crowd() + SOLARIS + FILM_OF_OLD + other + twin + triples(8, redirect_to=9)))
    assert counts["people"]["merged"] == 1
    assert Person.objects.get().workcredits.count() == 2


def test_an_item_that_leads_to_the_other_side_is_gone_from_its_own(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(BEFORE))
    sweep(serve_wikidata(crowd() + FILM_OF_OLD + MOVED + triples(NEW, label="Solaris", P31=FILM)))
    assert Adaptation.objects.get(retired_at=None, screen_work__wikidata_id=1).relation == "remake_of"
    assert Adaptation.objects.get(work__wikidata_id=OLD).retired_reason == "unstated"
