import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.web.covers.draw import draw_cover, draw_title_card
from adaptapedia.web.covers.palettes import CLOTHS, ROOMS
from adaptapedia.web.covers.patterns import PATTERNS
from adaptapedia.web.covers.scenes import SCENES
from adaptapedia.web.covers.typesetting import set_line, set_title
from adaptapedia.web.covers.widths import PAGE, SCREEN
from adaptapedia.web.specimens import LONG, SCREEN_WORKS, WORKS

DRAWN = (draw_cover, draw_title_card)
TITLES = [title for title, *_ in (*WORKS, *SCREEN_WORKS)]
VISIBLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=160)


def contrast(first: str, second: str) -> float:
    """WCAG's ratio of two colours."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("draw", DRAWN)
def test_the_same_number_and_title_always_look_the_same(draw) -> None:  # type: ignore[no-untyped-def]
    assert draw(seed=41_542, title="Dracula") == draw(seed=41_542, title="Dracula")
    assert len({draw(seed=seed, title="Dracula") for seed in range(200)}) > 190


@pytest.mark.parametrize("draw", DRAWN)
def test_a_cover_is_small_and_carries_neither_ids_nor_styles(draw) -> None:  # type: ignore[no-untyped-def]
    drawn = [
        draw(seed=seed, title="The Legend of the 7 Golden Vampires", byline="Roy Ward Baker") for seed in range(400)
    ]

    assert max(len(svg.encode()) for svg in drawn) < 1_700
    assert sum(len(svg.encode()) for svg in drawn) / len(drawn) < 1_100
    assert not [svg for svg in drawn if re.search(r"\b(id|style|on\w+)=", svg)]


@given(title=VISIBLE, byline=VISIBLE, seed=st.integers())
def test_whatever_the_words_a_cover_is_well_formed_and_has_them_as_words(title: str, byline: str, seed: int) -> None:
    for draw in DRAWN:
        svg = ElementTree.fromstring(draw(seed=seed, title=f"<b>{title}", byline=byline, label='"<'))
        assert svg.attrib["aria-label"] == '"<'
        assert {element.tag for element in svg.iter()} <= {"svg", "g", "rect", "circle", "path", "text"}


@given(title=VISIBLE)
def test_lines_keep_to_the_measure_and_the_height(title: str) -> None:
    for face in (PAGE, SCREEN):
        setting = set_title(title, face=face, width=166, height=150, sizes=(36, 25, 13), leading=1.08)

        assert setting.height <= 150
        widest = max((face.width(line) for line in setting.lines), default=0) * setting.size
        # one sign alone may be wider than any line: ﷽ is a sentence
        assert widest <= 166 * 1.001 or max(face.width(sign) for sign in title) * setting.size > 166


def test_short_titles_are_large_and_long_ones_small_before_a_word_is_broken() -> None:
    def lines(title: str) -> tuple[float, tuple[str, ...]]:
        setting = set_title(title, face=PAGE, width=156, height=150, sizes=(36, 25, 13), leading=1.08)
        return setting.size, setting.lines

    assert lines("V.") == (36, ("V.",))
    assert lines("Strange Case of Dr Jekyll and Mr Hyde")[0] == 25
    assert " ".join(lines(LONG)[1]) == LONG
    assert lines("吾輩は猫である「そうか」")[1][1][0] not in "「」"
    assert "".join(lines("R" * 90)[1]) == "R" * 90
    assert lines("word " * 200)[1][-1].endswith("…")


def test_lines_are_of_even_length() -> None:
    setting = set_title(
        "Strange Case of Dr Jekyll and Mr Hyde", face=PAGE, width=156, height=99, sizes=(19,), leading=1
    )
    widths = [PAGE.width(line) for line in setting.lines]

    assert min(widths) > max(widths) * 0.6


def test_a_family_of_signs_stays_together() -> None:
    family = "👨‍👩‍👧‍👦"
    setting = set_title(family * 12, face=PAGE, width=156, height=150, sizes=(25, 13), leading=1.08)

    assert all(not line.startswith("\u200d") and not line.endswith("\u200d") for line in setting.lines)


def test_a_byline_that_is_too_long_is_cut() -> None:
    assert set_line("Bram Stoker", face=PAGE, width=156, size=12) == "Bram Stoker"
    assert set_line("Bram Stoker, " * 9, face=PAGE, width=156, size=12).endswith("…")


def test_right_to_left_lines_begin_at_the_right() -> None:
    svg = draw_cover(seed=1, title="ألف ليلة وليلة", language="ar")

    assert 'direction="rtl"' in svg
    assert 'lang="ar"' in svg
    assert 'direction="rtl"' not in draw_cover(seed=1, title="Dracula")


def test_capitals_are_left_alone_where_they_would_be_wrong() -> None:
    assert "DRACULA" in draw_title_card(seed=1, title="Dracula", language="en")
    assert "İstanbul" in draw_title_card(seed=1, title="İstanbul Hatırası", language="tr")
    assert "ვეფხის" in draw_title_card(seed=1, title="ვეფხის ტყაოსანი", language="ka").replace("</text>", "")


def test_words_can_be_read_on_their_ground() -> None:
    assert min(contrast(cloth.ground, cloth.ink) for cloth in CLOTHS) >= 4.5
    assert min(contrast(room.ground, "#d8d8d8") for room in ROOMS) >= 7


def test_there_are_many_patterns_and_all_of_them_are_used() -> None:
    assert len(PATTERNS) >= 10
    assert len(SCENES) >= 10
    looks = {re.sub(r"[\d.-]+", "", draw_cover(seed=seed, title="M")) for seed in range(600)}
    assert len(looks) >= len(PATTERNS) * 2
