"""The starter catalogue goes in whole, once, and only where nothing is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work
from adaptapedia.ingest.models import Reject, SourceState, Sweep
from adaptapedia.ingest.starter.facts import starter_facts
from adaptapedia.ingest.starter.loading import CatalogueNotEmpty, Loaded, load_starter
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.test_merging import row_versions


@pytest.mark.django_db
def test_everything_in_the_tables_becomes_the_catalogue() -> None:
    facts = starter_facts()
    assert load_starter() == Loaded(
        works=len(facts.works),
        screen_works=len(facts.screen_works),
        adaptations=len(facts.pairs),
        people=len(facts.people),
    )
    assert set(Work.objects.values_list("wikidata_id", flat=True)) == {item.qid for item, _ in facts.works}
    pairs = Adaptation.objects.values_list("screen_work__wikidata_id", "work__wikidata_id", "original__wikidata_id")
    assert {(screen, work or original) for screen, work, original in pairs} == {pair[:2] for pair in facts.pairs}


@pytest.mark.django_db
def test_entries_are_as_an_ingestion_would_write_them_under_a_source_of_their_own() -> None:
    load_starter()
    rashomon = ScreenWork.objects.get(wikidata_id=135465)
    assert (rashomon.title, rashomon.title_language, rashomon.slug) == ("Rashomon", "en", "rashomon")
    assert (rashomon.original_title, rashomon.original_language, rashomon.year) == ("羅生門", "ja", 1950)
    assert rashomon.search_text == "rashomon 羅生門"
    assert rashomon.provenance.keys() == {"*"}
    assert rashomon.provenance["*"][:2] == ["starter", None]
    assert rashomon.wikidata_digest is None, "nothing that upstream says is taken for what it has said before"
    director = rashomon.credits.get()
    assert (director.role, director.source) == ("director", "starter")
    assert director.person is not None
    assert (director.person.name, director.person.wikidata_id) == ("Akira Kurosawa", 8006)
    assert set(Adaptation.objects.values_list("source", "run_id", "confidence")) == {("starter", None, 100)}


@pytest.mark.django_db
def test_a_series_has_its_years_and_creators_known_by_name_only_are_credited_by_name() -> None:
    load_starter()
    westworld = ScreenWork.objects.get(title="Westworld", kind="series")
    assert (westworld.year, westworld.end_year) == (2016, 2022)
    assert list(westworld.credits.values_list("role", "position", "name", "person")) == [
        ("creator", 0, "Jonathan Nolan", None),
        ("creator", 1, "Lisa Joy", None),
    ]
    remake = westworld.adaptations.get()
    assert remake.original is not None
    assert (remake.relation, remake.original.year) == ("remake_of", 1973)


@pytest.mark.django_db
def test_it_is_no_ingestion() -> None:
    load_starter()
    assert [model._default_manager.count() for model in (JobRun, Sweep, SourceState, Reject)] == [0, 0, 0, 0]


@pytest.mark.django_db
def test_a_catalogue_with_anything_in_it_is_left_alone() -> None:
    Person.objects.create(name="Ada", name_language="en", slug="ada", sort_key="ada", search_text="ada")
    before = row_versions()
    with pytest.raises(CatalogueNotEmpty):
        load_starter()
    assert row_versions() == before


@pytest.mark.django_db
def test_the_command_says_what_it_loaded_and_why_it_loads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("starter", "load")
    assert capsys.readouterr().out == (
        f"Loaded {Work.objects.count()} works, {ScreenWork.objects.count()} screen works, "
        f"{Adaptation.objects.count()} adaptations and {Person.objects.count()} people.\n"
    )
    before = row_versions()
    with pytest.raises(CommandError, match="has entries already") as refused:
        call_command("starter", "load")
    assert refused.value.returncode == 1
    assert row_versions() == before


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_loads() -> None:
    together = Barrier(4)

    def load() -> Loaded | None:
        try:
            together.wait()
            return load_starter()
        except CatalogueNotEmpty:
            return None
        finally:
            connection.close()

    outcomes = at_once(load, 4)
    assert [outcome is not None for outcome in outcomes].count(True) == 1
    assert Work.objects.count() == len(starter_facts().works)


def at_once(act: Callable[[], Loaded | None], number: int) -> list[Loaded | None]:
    with ThreadPoolExecutor(number) as pool:
        return [future.result() for future in [pool.submit(act) for _ in range(number)]]
