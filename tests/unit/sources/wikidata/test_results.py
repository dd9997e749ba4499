import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptapedia.sources.errors import SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.wikidata.results import MOST_VALUES, Term, read_answer

WHOLE = (
    '{"head":{"vars":["a","b","count"]},"results":{"bindings":['
    '{"count":{"type":"literal","value":"2"}},'
    '{"a":{"type":"uri","value":"http://www.wikidata.org/entity/Q1"},"b":{"type":"literal","xml:lang":"EN","value":"Düne"}},'
    '{"a":{"type":"uri","value":"http://www.wikidata.org/entity/Q2"},"b":{"type":"literal","value":"砂の惑星"}}]}}'
).encode()
STOPPED = b'\nSPARQL-QUERY: queryStr=SELECT "x"\njava.util.concurrent.TimeoutException\n\tat java.util.concurrent'


def test_rows_come_with_the_count_beside_them() -> None:
    answer = read_answer(WHOLE, ("a", "b"))

    assert answer.count == 2
    assert answer.whole()[0]["b"] == Term("literal", "Düne", "en")


@given(st.integers(min_value=1, max_value=len(WHOLE) - 1))
def test_an_answer_cut_anywhere_is_truncated(length: int) -> None:
    with pytest.raises(Truncated) as caught:
        read_answer(WHOLE[:length], ("a", "b"))
    assert caught.value.evidence


@given(st.integers(min_value=1, max_value=len(WHOLE) - 1))
def test_an_answer_stopped_anywhere_has_timed_out(length: int) -> None:
    with pytest.raises(TimedOut) as caught:
        read_answer(WHOLE[:length] + STOPPED, ("a", "b"))
    assert caught.value.evidence


def test_an_error_behind_a_whole_answer_is_no_whole_answer() -> None:
    with pytest.raises(TimedOut):
        read_answer(WHOLE + STOPPED, ("a", "b"))


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b"", Truncated, "nothing at all"),
        (b"  <!DOCTYPE html><p>Maintenance", Unavailable, "HTML"),
        (b"OK", Unavailable, "no JSON"),
        (b"[]", Unavailable, "no SPARQL result"),
        (b'{"boolean": true}', Unavailable, "no SPARQL result"),
        (b'{"results": {"bindings": null}}', Unavailable, "no SPARQL result"),
        (b'{"exception": "Operation timed out.", "status": "ERROR"}', TimedOut, "no SPARQL result"),
        (b'{"results": {"bindings": []}}', Truncated, "lacks its count"),
        (b'{"results": {"bindings": [{"count": {"type": "literal", "value": "many"}}]}}', Truncated, "a number is due"),
        (b'{"results": {"bindings": [{"a": {"type": "literal", "value": "1"}}]}}', Truncated, "half a row"),
        (b'{"results": {"bindings": [{"a": {"type": "literal"}}]}}', Truncated, "without its values"),
        (b'{"results": {"bindings": [7]}}', Truncated, "without its values"),
        (b'{"results": {"bindings": [{"a": {"type": "literal", "value": 7}}]}}', Truncated, "without its values"),
        (b'{"results": {"bindings": [{"a": {"type": "uri", "value": null}}]}}', Truncated, "without its values"),
        (b'{"results": {"bindings": [{"a": {"type": 1, "value": "1"}}]}}', Truncated, "without its values"),
        (b'{"results": {"bindings": [{"a": {"type": "", "value": "", "xml:lang": 1}}]}}', Truncated, "its values"),
        (b'{"results": {"bindings": [%s]}}' % (b"[" * 100_000 + b"]" * 100_000), Unavailable, "no JSON"),
        (b'{"results": {"bindings": [%s]}}' % (b"9" * 5000), Unavailable, "no JSON"),
        (b'{"results": {"bindings": [%s0]}}' % (b"{}," * MOST_VALUES), Unavailable, "too many values"),
        (b'{"results": {"bindings": []}, "\xe9": 1}', Truncated, "ended early"),
    ],
)
def test_what_is_no_whole_answer_is_named(body: bytes, error: type[SourceError], says: str) -> None:
    with pytest.raises(error, match=says) as caught:
        read_answer(body, ("a", "b"))
    assert type(caught.value) is error


@pytest.mark.parametrize("value", ["-1", "", " 1", "1_000", "٣", "1e3", "01", "9" * 16, "9" * 5000])
def test_what_is_no_number_within_bounds_is_none(value: str) -> None:
    with pytest.raises(Truncated, match="a number is due") as caught:
        Term("literal", value, "").number()
    assert len(caught.value.evidence) <= 500


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh-Hant-x-q123", "zh-hant-x-q123"), ("en\x00", ""), ("\ud800", ""), ("x" * 36, ""), ("e n", "")],
)
def test_a_language_is_a_tag_or_nothing(tag: str, language: str) -> None:
    term = {"type": "literal", "value": "Dune", "xml:lang": tag}
    rows = [{"count": {"type": "literal", "value": "1"}}, {"a": term}]
    body = json.dumps({"results": {"bindings": rows}}).encode()

    assert read_answer(body, ("a",)).whole() == [{"a": Term("literal", "Dune", language)}]
