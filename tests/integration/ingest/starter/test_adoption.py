"""Wikidata takes the starter catalogue's place, item by item, on the real way in."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core.management import call_command

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest.starter.facts import starter_facts
from adaptapedia.ingest.starter.loading import load_starter
from tests.integration.ingest.test_merging import row_versions
from tests.integration.ingest.test_sweep import fresh_budget, sweep  # noqa: F401 - a fixture, used by its name
from tests.upstreams.triples import FILM, HUMAN, NOVEL, SHORT_STORY, Date, class_tree, triples
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]
Facts = tuple[str, int | None, str]
DRACULA, STOKER, NOSFERATU, MURNAU = 41542, 36184, 151895, 55412
SNOW_WHITE, GRIMM, SNOW_WHITE_1937, HAND, COTTRELL = 11831, 6701, 134430, 2549739, 928976
BOOK = triples(DRACULA, label="Dracula", P31=NOVEL, P577=Date(1897), P50=STOKER)
STOKER_HIMSELF = triples(STOKER, label="Bram Stoker", P31=HUMAN, P569=Date("1847-11-08T00:00:00Z"))
FILM_1922 = triples(
    NOSFERATU, label="Nosferatu: A Symphony of Horror", P31=FILM, P577=Date(1921), P144=DRACULA, P57=MURNAU
)
HIMSELF = triples(MURNAU, label="Friedrich Wilhelm Murnau", P31=HUMAN)
FAIRY_TALE = triples(SNOW_WHITE, label="Snow White", P31=SHORT_STORY)
FILM_1937 = triples(
    SNOW_WHITE_1937, label="Snow White and the Seven Dwarfs", P31=FILM, P577=Date(1937), P144=SNOW_WHITE,
    P57=[HAND, COTTRELL],
)  # fmt: skip
BOTH = triples(HAND, label="David Hand", P31=HUMAN) + triples(COTTRELL, label="William Cottrell", P31=HUMAN)
UPSTREAM = class_tree() + BOOK + STOKER_HIMSELF + FILM_1922 + HIMSELF + FAIRY_TALE + FILM_1937 + BOTH


@pytest.fixture(autouse=True)
def loaded(transactional_db: None) -> None:
    load_starter()


def test_an_item_that_wikidata_brings_is_the_same_entry_with_wikidatas_values(serve_wikidata: Serve) -> None:
    before = ScreenWork.objects.get(wikidata_id=NOSFERATU)
    counts = sweep(serve_wikidata(UPSTREAM))
    film = ScreenWork.objects.get(wikidata_id=NOSFERATU)
    assert (film.pk, film.slug, film.created_at) == (before.pk, "nosferatu", before.created_at)
    assert (film.title, film.year, film.original_title) == ("Nosferatu: A Symphony of Horror", 1921, "")
    assert {source for source, *_ in film.provenance.values()} == {"wikidata"}
    assert film.wikidata_digest is not None
    entries = {"created": 0, "updated": 2, "unchanged": 0, "merged": 0, "retired": 0, "restored": 0}
    assert (counts["works"], counts["screen_works"]) == (entries, entries)
    assert (counts["adaptations"]["updated"], counts["adaptations"]["missing"]) == (2, 0)


def test_people_are_adopted_too_and_keep_their_address(serve_wikidata: Serve) -> None:
    before = Person.objects.get(wikidata_id=MURNAU)
    sweep(serve_wikidata(UPSTREAM))
    murnau = Person.objects.get(wikidata_id=MURNAU)
    assert (murnau.pk, murnau.slug, murnau.name) == (before.pk, "f-w-murnau", "Friedrich Wilhelm Murnau")
    assert murnau.provenance["*"][0] == "wikidata"


def test_credits_by_name_make_way_for_wikidatas(serve_wikidata: Serve) -> None:
    film = ScreenWork.objects.get(wikidata_id=SNOW_WHITE_1937)
    assert list(film.credits.values_list("name", "source")) == [("David Hand", "starter")]
    sweep(serve_wikidata(UPSTREAM))
    credited = film.credits.values_list("position", "person__name", "name", "source")
    assert list(credited) == [
        (0, "William Cottrell", "", "wikidata"),
        (1, "David Hand", "", "wikidata"),
    ]
    assert not Work.objects.get(wikidata_id=SNOW_WHITE).credits.exists(), "Wikidata names nobody here"


def test_an_adaptation_that_wikidata_brings_is_wikidatas(serve_wikidata: Serve) -> None:
    of_film = Adaptation.objects.filter(screen_work__wikidata_id=NOSFERATU)
    before = of_film.get()
    sweep(serve_wikidata(UPSTREAM))
    after = of_film.get()
    assert (after.pk, after.first_seen_at, after.relation) == (before.pk, before.first_seen_at, "based_on")
    assert after.source == "wikidata"
    assert after.run_id is not None


def test_what_wikidata_does_not_bring_stays_and_is_not_missing(serve_wikidata: Serve) -> None:
    sweep(serve_wikidata(UPSTREAM))
    starters = Adaptation.objects.filter(source="starter")
    assert starters.count() == len(starter_facts().pairs) - 2
    assert not Adaptation.objects.exclude(missing_since=None).exists()
    assert ScreenWork.objects.count() == len(starter_facts().screen_works)


def test_what_a_person_has_written_and_locked_stands(serve_wikidata: Serve) -> None:
    editor = User.objects.create_user("editor", password="a long one for nobody")
    edit_entry(ScreenWork.objects.get(wikidata_id=NOSFERATU), {"title": "Nosferatu (1922)"}, by=editor)
    ScreenWork.objects.filter(wikidata_id=SNOW_WHITE_1937).update(locks={"credits": {"by": editor.pk, "at": ""}})
    sweep(serve_wikidata(UPSTREAM))
    film = ScreenWork.objects.get(wikidata_id=NOSFERATU)
    assert (film.title, film.year) == ("Nosferatu (1922)", 1921)
    assert (film.provenance["title"][0], film.provenance["*"][0]) == ("person", "wikidata")
    assert ScreenWork.objects.get(wikidata_id=SNOW_WHITE_1937).credits.get().name == "David Hand"


def test_reading_it_again_writes_nothing(serve_wikidata: Serve) -> None:
    upstream = serve_wikidata(UPSTREAM)
    sweep(upstream)
    before = row_versions()
    counts = sweep(upstream)
    assert row_versions() == before
    assert counts["screen_works"] | {"created": 0, "updated": 0, "unchanged": 2} == counts["screen_works"]


def test_a_slug_that_the_starter_catalogue_has_given_is_given_to_nobody_else(serve_wikidata: Serve) -> None:
    """Dracula of 1931 is `dracula` here; a film with a lower number, which would have had it, gets another."""
    holder = ScreenWork.objects.get(slug="dracula").wikidata_id
    other = triples(7, label="Dracula", P31=FILM, P577=Date(1999), P144=DRACULA)
    sweep(serve_wikidata(UPSTREAM + other))
    assert ScreenWork.objects.get(slug="dracula").wikidata_id == holder
    assert ScreenWork.objects.get(wikidata_id=7).slug == "dracula-1999"


@pytest.mark.extract
@pytest.mark.timeout(900)
def test_the_extract_makes_the_same_catalogue_of_it_as_of_nothing(wikidata_extract: FaultProxy) -> None:
    sweep(wikidata_extract)
    entries, pairs = standing(), pairs_by_source()

    call_command("flush", verbosity=0, interactive=False)
    sweep(wikidata_extract)
    of_nothing = standing()
    assert pairs["wikidata"] == pairs_by_source()["wikidata"]
    assert pairs["starter"] | pairs["wikidata"] >= {pair[:2] for pair in starter_facts().pairs}
    assert 0 < len(pairs["starter"]) < 40, "the extract lacks the names of a few works, such as Hamlet"
    assert not pairs["starter"] & pairs["wikidata"]
    of_starter = {item.qid for item, _ in (*starter_facts().works, *starter_facts().screen_works)}
    for side, expected in of_nothing.items():
        assert {qid: entries[side][qid] for qid in expected} == expected
        assert entries[side].keys() - expected.keys() <= of_starter
    assert not entries["works"].keys() & entries["screen works"].keys(), "no item is there twice"


def standing() -> dict[str, dict[int, Facts]]:
    """Title, year, form or kind of every entry, by its item."""
    works = Work.objects.values_list("wikidata_id", "title", "year", "form")
    screen_works = ScreenWork.objects.values_list("wikidata_id", "title", "year", "kind")
    rows: dict[str, Any] = {"works": works, "screen works": screen_works}
    return {side: {qid: cast(Facts, tuple(facts)) for qid, *facts in of_side} for side, of_side in rows.items()}


def pairs_by_source() -> defaultdict[str, set[tuple[int, int]]]:
    """What is made from what, by the items, under the source that it is put down to."""
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    columns = ("source", "screen_work__wikidata_id", "work__wikidata_id", "original__wikidata_id")
    for source, screen, work, original in Adaptation.objects.values_list(*columns):
        found[source].add((cast(int, screen), cast(int, work or original)))
    return found
