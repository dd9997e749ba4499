"""JSON as nobody should send it, for properties: anything at all, and real answers with anything in their places."""

import copy
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from adaptapedia.kit.text import clean

WORDS = [
    "",
    "0000-00-00",
    "2021-02-30",
    "99999-01-01",
    "\x00\x1b[31m",
    "\ud800",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "//evil.example/x.jpg",
    "tt12",
    "Q0",
    "DE",
    "OL1W",
    "/works/OL0W",
    "x" * 30_000,
    "‮abc",
]
NUMBERS = [0, -1, 2**31, 2**63, 10**4200, -(10**400), 0.5, float("nan"), float("inf"), -0.0, 1e308]

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from(WORDS)
    | st.sampled_from(NUMBERS)
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
nested = st.sampled_from([200, 900, 3000]).map(lambda depth: _nested(depth))


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@st.composite
def spoilt(draw: st.DrawFn, body: Any) -> Any:
    """`body` with up to six of its values replaced by anything, left out, or put in twice."""
    spoiled = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 6))):
        place = spoiled
        for _ in range(draw(st.integers(1, 6))):
            keys = sorted(place, key=str) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and draw(st.integers(0, 3)):
                place = place[key]
                continue
            _spoil(draw, place, key)
            break
    return spoiled


def _spoil(draw: st.DrawFn, place: Any, key: Any) -> None:
    way = draw(st.sampled_from(["replace", "replace", "remove", "repeat"]))
    if way == "replace":
        place[key] = draw(anything | nested)
    elif way == "remove":
        del place[key]
    elif isinstance(place, list):
        place.append(place[key])
    else:
        place[key] = [place[key], place[key]]


def assert_fit_to_store(value: Any) -> None:
    """Every word of a record is clean and can be written as UTF-8, every number fits a column, and nothing is JSON."""
    assert not isinstance(value, dict | list | set)
    if isinstance(value, str):
        assert clean(value) == value
        value.encode()
        assert len(value) <= 20_000
    elif isinstance(value, int):
        assert abs(value) < 2**63
    elif isinstance(value, float):
        assert 0 <= value <= 1e9
    elif isinstance(value, tuple):
        for one in value:
            assert_fit_to_store(one)
    elif is_dataclass(value):
        for part in fields(value):
            assert_fit_to_store(getattr(value, part.name))
    else:
        assert value is None or isinstance(value, date)
