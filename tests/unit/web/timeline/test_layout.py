"""Where the members of a family stand, whatever the family."""

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptapedia.web.timeline import Drawing, Member, Source, lay_out
from adaptapedia.web.timeline.layout import LANE
from adaptapedia.web.timeline.records import Box
from adaptapedia.web.timeline.years import LEAST_YEARS, count_of

DRACULA = Source("Dracula", "en", 1897)


def film(key: str, year: int | None, **more: object) -> Member:
    fields: dict[str, object] = {"title": key, "lang": "en", "address": f"/screen/{key}/", "kind": "film"}
    return Member(key=key, year=year, **{**fields, **more})  # type: ignore[arg-type]


years = st.one_of(st.none(), st.integers(1890, 2030), st.integers(-5000, 2046).filter(bool))
titles = st.one_of(
    st.text(min_size=1, max_size=130),
    st.sampled_from(["Dracula", "吸血鬼ドラキュラ", "دراكولا", "Дракула", "The Legend of the 7 Golden Vampires " * 4]),
)


@st.composite
def families(draw: st.DrawFn) -> tuple[Source, list[Member]]:
    count = draw(st.integers(0, 55))
    keys = [str(n) for n in range(count)]
    members = []
    for key in keys:
        year = draw(years)
        end = None if year is None else draw(st.one_of(st.none(), st.integers(year, year + 60).filter(bool)))
        parent = draw(st.one_of(st.none(), st.sampled_from([*keys, "elsewhere"])))
        members.append(film(key, year, title=draw(titles), end_year=end, parent=parent))
    return Source(draw(titles), "en", draw(years)), members


def boxes(drawing: Drawing) -> list[Box]:
    found = [placed.box for placed in drawing.placed]
    found += [tick.box for tick in drawing.ticks if tick.label]
    return found + ([drawing.book.box] if drawing.book else [])


def meet(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


@settings(deadline=None, max_examples=150)
@given(families())
def test_no_labels_meet_none_leaves_the_drawing_and_everybody_is_there_once(
    family: tuple[Source, list[Member]],
) -> None:
    source, members = family
    drawing = lay_out(source, members)

    assert not [pair for pair in combinations(boxes(drawing), 2) if meet(*pair)]
    for box in boxes(drawing):
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= drawing.width
        assert box.bottom <= drawing.height
    shown = [placed.member for placed in drawing.placed] + list(drawing.undated)
    assert sorted(member.key for member in shown) == sorted(member.key for member in members)
    assert all(member.year is None for member in drawing.undated)


@settings(deadline=None, max_examples=100)
@given(families())
def test_marks_stand_in_the_order_of_years_each_apart_and_the_height_is_bounded(
    family: tuple[Source, list[Member]],
) -> None:
    drawing = lay_out(*family)
    for one, other in pairwise(drawing.placed):
        assert (one.member.year or 0) <= (other.member.year or 0)
        assert one.x <= other.x
    assert len({(placed.x, placed.y) for placed in drawing.placed}) == len(drawing.placed)
    assert drawing.height <= 130 + LANE * len(drawing.placed)
    assert [tick.x for tick in drawing.ticks] == sorted({tick.x for tick in drawing.ticks})


@settings(deadline=None, max_examples=100)
@given(families())
def test_a_remake_hangs_below_and_its_trail_leads_back_to_the_axis(family: tuple[Source, list[Member]]) -> None:
    drawing = lay_out(*family)
    for placed in drawing.placed:
        assert placed.trail.endswith(placed.line)
        start = re.match(r"M\S+ (\S+)V", placed.trail)
        assert start is not None
        assert float(start[1]) == pytest.approx(drawing.axis, abs=0.1)
        if placed.branch:
            assert placed.y > drawing.axis


def test_a_family_without_members_is_no_drawing() -> None:
    drawing = lay_out(DRACULA, [])
    assert (drawing.placed, drawing.undated, drawing.height) == ((), (), 0)


def test_members_without_a_year_stand_apart() -> None:
    drawing = lay_out(DRACULA, [film("b", None), film("a", None)])
    assert [member.key for member in drawing.undated] == ["a", "b"]
    assert drawing.placed == ()


def test_one_film_of_the_books_own_year_has_an_axis_of_some_years() -> None:
    drawing = lay_out(DRACULA, [film("a", 1897)])
    assert drawing.book is not None
    assert drawing.book.x == drawing.placed[0].x
    assert drawing.ticks[-1].year - drawing.ticks[0].year >= LEAST_YEARS - 2


def test_a_film_dated_before_its_book_stands_before_it() -> None:
    drawing = lay_out(Source("Rain", "en", 1950), [film("a", 1938), film("b", 1960)])
    assert drawing.book is not None
    assert drawing.placed[0].x < drawing.book.x < drawing.placed[1].x


def test_without_a_year_of_the_book_there_is_no_mark_of_it() -> None:
    drawing = lay_out(Source("Beowulf", "en"), [film("a", 1999), film("b", 2007)])
    assert drawing.book is None
    assert len(drawing.placed) == 2


def test_a_remake_branches_from_its_original_and_a_remake_of_that_from_there() -> None:
    chain = [film("a", 1922), film("b", 1979, parent="a"), film("c", 2024, parent="b")]
    first, second, third = lay_out(DRACULA, chain).placed
    assert (first.branch, second.branch, third.branch) == (False, True, True)
    assert first.y < second.y < third.y
    assert second.line.startswith(f"M{first.x:g} ")
    assert third.line.startswith(f"M{second.x:g} {second.y:g}")
    assert third.trail == f"{first.line} {second.line} {third.line}"


def test_remakes_in_a_circle_are_told_by_their_years() -> None:
    circle = [film("a", 1922, parent="c"), film("b", 1979, parent="a"), film("c", 2024, parent="b")]
    drawing = lay_out(DRACULA, circle)
    assert [placed.branch for placed in drawing.placed] == [False, True, True]


def test_a_remake_dated_before_its_original_has_no_line_back_in_time() -> None:
    drawing = lay_out(DRACULA, [film("a", 1979), film("b", 1922, parent="a")])
    assert [placed.branch for placed in drawing.placed] == [False, False]


def test_a_series_is_a_span_and_one_that_still_runs_is_a_point() -> None:
    drawing = lay_out(DRACULA, [film("a", 1950, end_year=1960), film("b", 2000), film("c", 2001, end_year=2001)])
    assert [placed.end > placed.x for placed in drawing.placed] == [True, False, False]
    assert drawing.placed[0].years == "1950–1960"
    assert drawing.placed[1].years == "2000"


def test_a_series_of_nearly_all_the_years_has_its_span_under_its_label() -> None:
    placed = lay_out(DRACULA, [film("a", 1899, end_year=2019), film("b", 2020)]).placed[0]
    assert placed.end == placed.x
    assert placed.span
    assert placed.box.left > placed.x


def test_twenty_of_one_year_have_a_lane_each_or_share_it_back_to_back() -> None:
    drawing = lay_out(DRACULA, [film(f"{n:02}", 1999) for n in range(20)] + [film("last", 2020)])
    assert drawing.height <= 130 + LANE * 21
    assert not [pair for pair in combinations(boxes(drawing), 2) if meet(*pair)]


def test_a_long_silence_is_cut_out_of_the_axis_and_said() -> None:
    drawing = lay_out(Source("Odyssey", "en", -700), [film("a", 1911), film("b", 1954), film("c", 1997)])
    assert drawing.gap is not None
    assert drawing.gap.years == 2610
    assert drawing.placed[2].x - drawing.placed[0].x > 800


def test_an_even_family_of_two_thousand_years_keeps_its_whole_axis() -> None:
    drawing = lay_out(Source("Odyssey", "en", -700), [film(str(n), n) for n in range(-600, 2001, 200) if n])
    assert drawing.gap is None
    steps = {count_of(b.year) - count_of(a.year) for a, b in pairwise(drawing.ticks) if 1 not in (a.year, b.year)}
    assert steps == {500}
    assert [tick.year for tick in drawing.ticks] == [-500, 1, 500, 1000, 1500, 2000]
    assert [tick.label for tick in drawing.ticks] == ["", "1", "500", "1000", "1500", "2000"]  # the book is there


@pytest.mark.parametrize(("last", "step"), [(1905, 1), (1917, 2), (1947, 5), (1997, 10), (2046, 20)])
def test_the_axis_is_marked_at_even_steps(last: int, step: int) -> None:
    drawing = lay_out(DRACULA, [film(str(n), n) for n in range(1898, last + 1)])
    marked = [tick.year for tick in drawing.ticks]
    assert {later - earlier for earlier, later in pairwise(marked)} == {step}
    assert all(year % step == 0 for year in marked)


def test_a_long_title_is_cut_in_the_drawing_alone() -> None:
    title = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb " * 2
    placed = lay_out(DRACULA, [film("a", 1964, title=title)]).placed[0]
    assert placed.title.endswith("…")
    assert title.startswith(placed.title[:-1])
    assert placed.member.title == title


def test_years_are_worded_by_whoever_asks() -> None:
    drawing = lay_out(DRACULA, [film("a", 1922)], year_text=lambda year: f"anno {year}")
    assert drawing.placed[0].years == "anno 1922"
    assert drawing.book is not None
    assert drawing.book.years == "anno 1897"
