"""A file that contradicts itself or the catalogue goes in not at all, and what looks alike only when allowed."""

from typing import Any

import pytest

from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.scheduling.models import JobRun
from tests.integration.ingest.by_hand.pairs import SOLARIS, STALKER, faults
from tests.integration.ingest.test_merging import merge_all

pytestmark = pytest.mark.django_db


def test_an_id_of_several_entries_wants_the_item(given: Any) -> None:
    merge_all()
    for screen in ScreenWork.objects.all():
        screen.external_ids.get_or_create(scheme="imdb", value="tt7777777", defaults={"source": "wikidata"})
    outcome = given({**SOLARIS, "screen_item": "", "screen_imdb": "tt7777777", "screen_tmdb": ""})
    assert faults(outcome) == [(1, "screen_item", "its external ids belong to 2 entries: name the item")]


def test_one_bad_row_keeps_all_out_and_all_bad_rows_are_told(given: Any) -> None:
    outcome = given(SOLARIS, {**STALKER, "screen_year": 3000, "screen_kind": "movie"}, {**STALKER, "source_item": "Q0"})
    assert [(line, column) for line, column, _ in faults(outcome)] == [
        (2, "screen_kind"), (2, "screen_year"), (3, "source_item")
    ]  # fmt: skip
    assert outcome.run_id is None
    assert not Work.objects.exists()
    assert not JobRun.objects.exists()


def test_rows_that_contradict_each_other_are_told_with_both_lines(given: Any) -> None:
    outcome = given(
        SOLARIS,
        {
            **SOLARIS,
            "screen_item": "Q5",
            "screen_imdb": "",
            "screen_tmdb": "",
            "source_year": 1962,
            "source_authors": "S. Lem",
        },
    )
    assert faults(outcome) == [
        (2, "source_authors", "line 1 says otherwise of the same entry: Stanisław Lem"),
        (2, "source_year", "line 1 says otherwise of the same entry: 1961"),
    ]


def test_the_same_pair_twice_is_told(given: Any) -> None:
    assert faults(given(SOLARIS, STALKER, SOLARIS)) == [(3, "", "the same pair as in line 1")]


def test_a_new_entry_needs_a_title_and_a_screen_work_its_kind(given: Any) -> None:
    assert faults(given({"screen_item": "Q1", "source_item": "Q2"})) == [
        (1, "screen_kind", "a new screen work needs its kind (film, series, …)"),
        (1, "screen_title", "a new entry needs a title"),
        (1, "source_title", "a new entry needs a title"),
    ]


def test_a_remake_of_itself_by_an_id_is_told(given: Any) -> None:
    merge_all()
    row = {"screen_item": "Q114819", "source_item": "Q114819", "relation": "remake_of"}
    assert faults(given(row)) == [(1, "source_item", "a screen work is not made from itself")]


@pytest.mark.parametrize("directors", ["david LYNCH", ""])
def test_what_looks_like_something_in_the_catalogue_wants_to_be_allowed(given: Any, directors: str) -> None:
    merge_all()
    row = {**STALKER, "screen_title": "DUNE", "screen_year": 1984, "screen_directors": directors}
    outcome = given(row)
    assert [(alike.line, alike.what) for alike in outcome.alike] == [(1, "/screen/dune/")]
    assert ScreenWork.objects.count() == 2
    assert given(row, allow_twins=True).run_id is not None
    assert ScreenWork.objects.count() == 3


@pytest.mark.parametrize("change", [{"screen_directors": "Somebody Else"}, {"screen_year": 1985}, {"screen_item": ""}])
def test_another_creator_or_year_is_another_film(given: Any, change: dict[str, Any]) -> None:
    merge_all()
    row = {**STALKER, "screen_title": "Dune", "screen_year": 1984, "screen_directors": "David Lynch", **change}
    assert bool(given(row, apply=False).alike) is ("screen_item" in change)


def test_what_looks_like_another_line_wants_to_be_allowed_too(given: Any) -> None:
    twin = {**STALKER, "screen_imdb": "tt0079944", "source_title": "Another"}
    outcome = given(STALKER, twin)
    assert [(alike.line, alike.what) for alike in outcome.alike] == [(2, "line 1")]


def test_titles_alike_of_two_items_are_two_works(given: Any) -> None:
    other = {**SOLARIS, "screen_item": "Q5", "screen_imdb": "", "screen_tmdb": ""}
    assert list(given(SOLARIS, other).alike) == []
    assert ScreenWork.objects.count() == 2
