"""What is said of a family in words."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path
from django.utils import translation

from adaptapedia.catalogue.family import Family, Relative
from adaptapedia.catalogue.models import Work
from adaptapedia.web.family import Timeline, isolated, members_of, source_of, timeline_of, year_text
from adaptapedia.web.timeline import Member, Source

BOOK = Source("Dracula", "en", 1897)


def page(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(slug)


urlpatterns = [path("", include(([path("screen/<slug:slug>/", page, name="screen")], "web")))]


def film(key: str, year: int | None = None, **more: object) -> Member:
    fields: dict[str, object] = {"title": key, "lang": "en", "address": f"/screen/{key}/", "kind": "film"}
    return Member(key=key, year=year, **{**fields, "relation": "based_on", **more})  # type: ignore[arg-type]


def names(timeline: Timeline) -> list[str]:
    return [step.name for step in timeline.steps if step.member]


@pytest.mark.urls("tests.unit.web.test_family")
def test_relatives_become_members_with_the_addresses_of_their_pages() -> None:
    relatives = (
        Relative(7, "nosferatu", "Nosferatu", "de", "film", 1922, None, "based_on", None),
        Relative(9, "nosferatu-1979", "Nosferatu the Vampyre", "en", "film", 1979, None, "remake_of", 7),
    )
    first, second = members_of(Family(relatives, total=2))
    assert (first.key, first.address, first.lang, first.parent) == ("7", "/screen/nosferatu/", "de", None)
    assert (second.parent, second.relation) == ("7", "remake_of")


def test_a_work_is_the_source_of_its_family() -> None:
    assert source_of(Work(title="Dracula", title_language="en", year=1897)) == BOOK


def test_a_member_is_named_with_all_that_its_place_tells() -> None:
    members = [
        film("Early", 1896),
        film("Same", 1897, kind="short"),
        film("Nosferatu", 1922, relation="loosely_based_on"),
        film("Serial", 1990, end_year=1991, kind="series"),
        film("Again", 2024, relation="remake_of", parent="Nosferatu"),
    ]
    assert names(timeline_of(BOOK, members)) == [
        "Early, 1896, Film, based on, 1 year before the book",
        "Same, 1897, Short film, based on, the book's own year",
        "Nosferatu, 1922, Film, loosely based on, 25 years after the book",
        "Serial, 1990–1991, Series, based on, 93 years after the book",
        "Again, 2024, Film, remake of Nosferatu, 1922, 127 years after the book",
    ]


def test_without_the_books_year_nobody_says_how_long_it_took() -> None:
    timeline = timeline_of(Source("Beowulf", "en"), [film("Beowulf", 2007)])
    assert names(timeline) == ["Beowulf, 2007, Film, based on"]
    assert all(step.member for step in timeline.steps)


def test_the_years_are_counted_without_a_year_nought() -> None:
    step = timeline_of(Source("Aeneid", "la", -19), [film("Dido", 1)]).steps[-1]
    assert (step.number, step.after) == ("19", "19 years after the book")
    assert (year_text(-19), year_text(19)) == ("19 BCE", "19")


def test_a_remake_of_a_film_of_no_known_year_names_it_all_the_same() -> None:
    members = [film("Lost"), film("Found", 1950, parent="Lost", relation="remake_of")]
    timeline = timeline_of(BOOK, members)
    assert timeline.steps[-1].relation == "remake of Lost"
    assert [step.title for step in timeline.undated] == ["Lost"]


def test_a_remake_that_is_loosely_based_on_the_book_says_both() -> None:
    members = [film("First", 1922), film("Second", 1979, relation="inspired_by", parent="First")]
    assert timeline_of(BOOK, members).steps[-1].relation == "inspired by, remake of First, 1922"


def test_the_book_stands_among_its_films_by_its_year() -> None:
    timeline = timeline_of(BOOK, [film("Late", 1922), film("Early", 1890)])
    assert [step.title for step in timeline.steps] == ["Early", "Dracula", "Late"]
    assert [step.number for step in timeline.steps] == ["−7", "", "25"]
    assert [step.distance for step in timeline.steps] == [0, 2, 3]


@pytest.mark.parametrize(
    ("members", "summary"),
    [
        ([], ""),
        ([film("a", 1922)], "1 film"),
        ([film("a", 1922), film("b", 1923), film("c", kind="series")], "2 films · 1 series · within 1 year"),
        ([film("a", 1922, kind="other"), film("b", 1999, kind="miniseries")], "1 series · 1 other · within 77 years"),
    ],
)
def test_the_family_is_summed_up(members: list[Member], summary: str) -> None:
    assert timeline_of(BOOK, members).summary == summary


def test_a_title_that_runs_the_other_way_does_not_turn_its_neighbours() -> None:
    assert isolated("Dracula") == "Dracula"
    assert isolated("300") == "300"
    assert isolated("دراكولا") == "\u2068دراكولا\u2069"
    with translation.override("ar"):
        assert isolated("Dracula") == "\u2068Dracula\u2069"
        assert isolated("دراكولا") == "دراكولا"


def rendered(members: list[Member], *, total: int | None = None) -> str:
    template = Template("{% load timeline %}{% family_timeline source members total %}")
    return template.render(Context({"source": BOOK, "members": members, "total": total}))


def test_titles_are_escaped_and_nothing_carries_a_style_or_script() -> None:
    html = rendered([film("<script>alert(1)</script>", 1922), film('"><b>', 1950, lang='"x', address='/s/"/')])
    assert "<script" not in html
    assert "<b>" not in html
    assert "style=" not in html


def test_numbers_stand_in_the_drawing_as_svg_wants_them_in_any_language() -> None:
    members = [film("a", 1922), film("b", 1979), film("c", 2024)]
    with translation.override("de"):
        drawn = rendered(members)
    assert 'viewBox="0 0 1152.0 ' in drawn
    assert 'x="1122.0"' in drawn or 'cx="1122.0"' in drawn


def test_more_than_are_shown_are_counted() -> None:
    assert "3 more are in the catalogue." in rendered([film("a", 1922)], total=4)
    assert "more" not in rendered([film("a", 1922)], total=1)
