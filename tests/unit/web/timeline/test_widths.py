import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.web.timeline.widths import shortened, text_width


@given(st.text(max_size=200), st.floats(60, 400))
def test_what_is_shortened_fits_and_is_the_beginning(text: str, width: float) -> None:
    short = shortened(text, size=15, width=width)
    assert text_width(short, size=15) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_an_accent_takes_no_room_and_a_chinese_letter_a_whole_one() -> None:
    assert text_width("é", size=10) == text_width("e", size=10) == text_width("e\u0301", size=10)
    assert text_width("吸", size=10) > 10


@pytest.mark.parametrize("text", ["Dracula, the", "Dracula (", "Dracula –"])
def test_nothing_hangs_before_the_ellipsis(text: str) -> None:
    room = text_width(text, size=15) + text_width("…", size=15)
    assert shortened(text + " Undead, Part the Second", size=15, width=room) in {"Dracula…", "Dracula, the…"}
