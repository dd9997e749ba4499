"""Search by title: what is found, in which order, and that nothing typed breaks it."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaptapedia.catalogue import search as module
from adaptapedia.catalogue.search import Found, Side, Years, find_by_identifier, search
from tests.integration.web.shelf import adapt, make_screen, make_shelf, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to give up."""
    monkeypatch.setattr(module, "PATIENCE", 20_000)


@pytest.fixture
def shelf(db: None) -> None:
    make_shelf()


def slugs(found: Found) -> list[str]:
    return [hit.slug for hit in found.hits]


def test_the_famous_stand_before_the_rest_and_both_sides_in_one_list(shelf: None) -> None:
    found = search("dracula")
    assert slugs(found) == ["dracula", "dracula-2020", "dracula-1931"]
    assert found.hits[0].count == 3
    assert found.hits[0].names == "Bram Stoker"
    assert (found.total, found.more, found.gave_up) == (3, False, False)


def test_the_exact_title_comes_first_then_its_beginnings_then_the_rest() -> None:
    for title in ("Children of Dune", "Dunes", "Dune Messiah", "Dune", "Fortune Undone"):
        adapt(make_work(title), make_screen(f"Something {title}"))
    assert slugs(search("dune", side=Side.BOOKS)) == ["dune", "dune-messiah", "dunes", "children-of-dune"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ETE A LA MER", "ete-a-la-mer"),
        ("été", "ete-a-la-mer"),
        ("grauens symphonie", "nosferatu"),
        ("羅生門", "rashomon"),
        ("羅生", "rashomon"),
        ("藪の中", "in-a-grove"),
        ("الأيام", "al-ayyam"),
        ("it’s here", "its-here"),
        ("its", "its-here"),
        ("100%", "100-wolf"),
        ("  rashomon\n", "rashomon"),
        ("rasho", "rashomon"),
    ],
)
def test_titles_are_found_in_any_script_accents_and_case_apart(shelf: None, text: str, slug: str) -> None:
    assert slug in slugs(search(text))


@pytest.mark.parametrize(
    ("text", "slug"), [("drakula", "dracula"), ("nosfertu", "nosferatu"), ("in a grave", "in-a-grove")]
)
def test_what_is_misspelt_is_found_as_spelt_alike(shelf: None, text: str, slug: str) -> None:
    found = search(text)
    assert found.hits == []
    assert slug in [hit.slug for hit in found.alike]


def test_nothing_retired_is_found(shelf: None) -> None:
    assert search("the hidden").hits == []


def test_side_and_years_narrow(shelf: None) -> None:
    assert {hit.side for hit in search("dracula", side=Side.SCREEN).hits} == {Side.SCREEN}
    assert slugs(search("dracula", years=Years(1930, 1939))) == ["dracula-1931"]
    assert slugs(search("ilias", years=Years(-5000, 1889))) == ["ilias"]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "%%", "???", "", "   ", "\x00", "👻", "\u202e", "' OR 1=1 --"])
def test_signs_of_patterns_are_signs_like_others(shelf: None, sign: str) -> None:
    assert search(sign).hits == []


def test_pages_follow_each_other_without_repeating() -> None:
    for n in range(module.PAGE + 3):
        make_work(f"Lamp {n}")
    first, second, third = (search("lamp", page=page) for page in (1, 2, 3))
    assert (len(first.hits), len(second.hits), third.hits) == (module.PAGE, 3, [])
    assert not set(slugs(first)) & set(slugs(second))
    assert first.total == module.PAGE + 3


def test_more_than_can_be_listed_is_said_and_the_exact_title_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BOUND", 10)
    for n in range(20):
        make_work(f"Some {n} Tale")
    make_work("Tale")
    found = search("tale")
    assert found.more
    assert found.total == 10
    assert found.hits[0].slug == "tale"


def test_what_takes_too_long_is_given_up_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.search_sql, "by_words", lambda *_, **__: "SELECT pg_sleep(5)")
    monkeypatch.setattr(module, "PATIENCE", 20)
    found = search("dracula")
    assert found.gave_up
    assert found.hits == []


def test_titles_that_begin_so_are_found_where_the_rest_takes_too_long(
    shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = module.search_sql.by_words

    def slow(sides: Sequence[Side], *, words: str, narrowed: str) -> str:
        return whole(
            sides, words="false" if words == "false" else f"pg_sleep(5) IS NULL AND {words}", narrowed=narrowed
        )

    monkeypatch.setattr(module.search_sql, "by_words", slow)
    monkeypatch.setattr(module, "PATIENCE", 1_000)
    found = search("dracula")
    assert found.gave_up
    assert slugs(found) == ["dracula", "dracula-2020", "dracula-1931"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Q41542", "dracula"),
        ("q696657", "dracula-1931"),
        ("tt0021814", "dracula-1931"),
        ("978-0-14-143984-6", "dracula"),
        (" 9780141439846 ", "dracula"),
    ],
)
def test_an_identifier_names_its_entry(shelf: None, text: str, slug: str) -> None:
    assert [hit.slug for hit in find_by_identifier(text)] == [slug]


@pytest.mark.parametrize("text", ["Q1", "Q0", "42", "tt1", "Q" + "9" * 40, "9780141439840", "dracula", ""])
def test_what_names_nothing_finds_nothing(shelf: None, text: str) -> None:
    assert find_by_identifier(text) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), side=st.sampled_from([None, *Side]), page=st.integers(1, 1000))
def test_no_text_breaks_it(shelf: None, text: str, side: Side | None, page: int) -> None:
    assert len(search(text, side=side, page=page).hits) <= module.PAGE
    find_by_identifier(text)
