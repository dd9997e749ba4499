"""Any JSON of roughly the right shape gives records that can be stored, or an error of a source, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.wikidata import parse, queries
from adaptapedia.sources.wikidata.records import Item
from tests.unit.sources.hostile import anything, assert_fit_to_store, scalars, spoilt
from tests.unit.sources.records import PAYLOADS

MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NUMBERS = [
    {"count": {"type": "literal", "value": "2"}},
    {"subject": {"type": "literal", "value": "1"}, "source": {"type": "literal", "value": "2"}},
    {"subject": {"type": "literal", "value": "1"}, "source": {"type": "literal", "value": "3"}},
]
CLASSES = [
    {"count": {"type": "literal", "value": "1"}},
    {
        "child": {"type": "uri", "value": f"{queries.ENTITY}24862"},
        "parent": {"type": "uri", "value": f"{queries.ENTITY}11424"},
    },
]
CHANGED = [{"count": {"type": "literal", "value": "1"}}, {"number": {"type": "literal", "value": "7"}}]
DIRECT = [queries.DIRECT + name for name in queries.PROPERTIES]
ABOUT = [*DIRECT, queries.LABEL, queries.SAME_AS, queries.MODIFIED]


def answer(bindings: list[Any]) -> Any:
    return {"head": {"vars": []}, "results": {"bindings": bindings}}


def payload(name: str) -> tuple[Any, Callable[[bytes], Any]]:
    path = Path(PAYLOADS / "wikidata" / f"{name}.json")
    qids = [item["qid"] for item in json.loads(path.with_suffix(".expected.json").read_text())]
    return json.loads(path.read_text()), lambda body: read_items(body, qids)


def read_items(body: bytes, qids: list[int]) -> tuple[Item, ...]:
    return tuple(parse.items(qids, parse.statements(body), this_year=2026))


ANSWERS: dict[str, tuple[Any, Callable[[bytes], Any]]] = {
    "pairs": (answer(NUMBERS), lambda body: parse.edge_slice(body, after=None, limit=2)),
    "classes": (answer(CLASSES), lambda body: tuple(parse.class_edges(body))),
    "a count": (answer(NUMBERS[:1]), parse.edge_count),
    "changes": (answer(CHANGED), lambda body: parse.changes(body, after=0, limit=5)),
    **{name: payload(name) for name in ("names", "novel", "oddities", "person", "series")},
}


def encoded(body: Any) -> bytes:
    try:
        return json.dumps(body).encode()
    except RecursionError:  # what is nested deeper than it can be written is tried in test_results
        reject()


def check(name: str, body: bytes) -> None:
    read = ANSWERS[name][1]
    try:
        record = read(body)
    except SourceError as error:
        error.evidence.encode()
        return
    assert_fit_to_store(record)
    assert read(body) == record


@pytest.mark.parametrize("name", ANSWERS)
@MANY
@given(data=st.data())
def test_a_spoilt_answer_is_a_record_or_an_error(name: str, data: st.DataObject) -> None:
    check(name, encoded(data.draw(spoilt(ANSWERS[name][0]))))


@pytest.mark.parametrize("name", ANSWERS)
@MANY
@given(body=anything)
def test_anything_at_all_is_a_record_or_an_error(name: str, body: Any) -> None:
    check(name, encoded(body))


@settings(MANY, max_examples=300)
@given(
    about=st.sampled_from(ABOUT),
    value=st.text(st.characters(), max_size=20)
    | scalars.map(str)
    | st.datetimes().map(str)
    | st.from_regex(r"[+-]?\d{1,30}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?", fullmatch=True),
    language=st.text(st.characters(), max_size=50) | st.sampled_from(["en", "x" * 40, "de-\x00", "\ud800"]),
    kind=st.sampled_from(["literal", "uri", "bnode", ""]),
)
def test_any_value_of_any_property_makes_an_item_that_can_be_stored(
    about: str, value: str, language: str, kind: str
) -> None:
    term = {"type": kind, "value": value, "xml:lang": language}
    row = {
        "item": {"type": "uri", "value": f"{queries.ENTITY}1"},
        "property": {"type": "uri", "value": about},
        "value": term,
    }
    body = encoded(answer([{"count": {"type": "literal", "value": "1"}}, row]))

    (item,) = read_items(body, [1])

    assert_fit_to_store(item)
    tags = [text.language for text in (item.label, item.original_title) if text] + [item.language or ""]
    assert all(len(tag) <= 35 and tag.isascii() and tag.isprintable() for tag in tags)
