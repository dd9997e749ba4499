"""Any JSON of roughly the right shape gives records that can be stored, or an error of a source, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.openlibrary import parse
from adaptapedia.sources.unpacking import read_json
from tests.unit.sources.hostile import anything, assert_fit_to_store, spoilt
from tests.unit.sources.records import PAYLOADS

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
KEYS = ["OL1W", "OL2W", "OL3W", "OL4W", "OL45804W", "OL893415W"]
PARSERS: dict[str, Callable[[Any], Any]] = {
    "search-OL893415W-OL45804W-whole": lambda body: tuple(parse.works(body, KEYS)),
    "search-OL1W-OL2W-OL3W-OL4W-oddities": lambda body: tuple(parse.works(body, KEYS)),
    "work-OL893415W-words": lambda body: parse.description(body, "OL893415W"),
    "work-OL8W-merged": lambda body: parse.description(body, "OL8W"),
}
BODIES = {name: read_json((PAYLOADS / "openlibrary" / f"{name}.json").read_bytes()) for name in PARSERS}


def check(name: str, body: Any) -> None:
    try:
        record = PARSERS[name](body)
    except SourceError as error:
        error.evidence.encode()
        return
    if name.startswith("work"):
        assert_fit_to_store(record)
    assert PARSERS[name](body) == record


@pytest.mark.parametrize("name", PARSERS)
@MANY
@given(data=st.data())
def test_a_spoilt_answer_is_a_record_or_an_error(name: str, data: st.DataObject) -> None:
    check(name, data.draw(spoilt(BODIES[name])))


@pytest.mark.parametrize("name", PARSERS)
@MANY
@given(body=anything)
def test_anything_at_all_is_a_record_or_an_error(name: str, body: Any) -> None:
    check(name, body)


@MANY
@given(status=st.integers(100, 599), body=anything)
def test_a_refusal_of_any_shape_is_an_error_or_nothing(status: int, body: Any) -> None:
    error = parse.refusal(status, body, "seen")

    assert error is None or isinstance(error, SourceError)
