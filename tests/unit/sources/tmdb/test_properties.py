"""Any JSON of roughly the right shape gives records that can be stored, or an error of a source, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.tmdb import parse, refusals
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from adaptapedia.sources.unpacking import read_json
from tests.unit.sources.hostile import anything, assert_fit_to_store, spoilt
from tests.unit.sources.records import PAYLOADS

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PARSERS: dict[str, Callable[[Any], Any]] = {
    "movie-438631-whole": lambda body: parse.title(body, TitleRef(TitleKind.MOVIE, 438631)),
    "movie-3-oddities": lambda body: parse.title(body, TitleRef(TitleKind.MOVIE, 3)),
    "tv-1399-whole": lambda body: parse.title(body, TitleRef(TitleKind.TV, 1399)),
    "tv-4-oddities": lambda body: parse.title(body, TitleRef(TitleKind.TV, 4)),
    "search-movie-some-broken": lambda body: parse.search_page(body, TitleKind.MOVIE),
    "find-film-and-episode": parse.found,
    "changes-tv-some-broken": lambda body: parse.changes_page(body, TitleKind.TV, asked=2),
    "configuration-today": parse.image_sizes,
}
BODIES = {name: read_json((PAYLOADS / "tmdb" / f"{name}.json").read_bytes()) for name in PARSERS}


def check(name: str, body: Any) -> None:
    try:
        record = PARSERS[name](body)
    except SourceError as error:
        error.evidence.encode()
        return
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
@given(
    status=st.integers(100, 599), body=anything | st.fixed_dictionaries({"status_code": anything, "success": anything})
)
def test_a_refusal_of_any_shape_is_an_error_or_nothing(status: int, body: Any) -> None:
    error = refusals.refusal(status, body, "seen")

    assert error is None or isinstance(error, SourceError)
