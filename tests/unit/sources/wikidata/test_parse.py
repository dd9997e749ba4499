import json
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adaptapedia.sources.errors import Truncated
from adaptapedia.sources.wikidata import parse
from adaptapedia.sources.wikidata.records import Changes, ClassEdge, Edge, Item, Problem, Text

PAYLOADS = Path(__file__).resolve().parents[3] / "payloads" / "wikidata"
ENTITY = "http://www.wikidata.org/entity/Q"


def body(*rows: dict[str, Any], count: int) -> bytes:
    bindings = [{"count": literal(str(count))}, *rows]
    return json.dumps({"head": {"vars": []}, "results": {"bindings": bindings}}).encode()


def literal(value: str) -> dict[str, str]:
    return {"type": "literal", "value": value}


def item(qid: int) -> dict[str, str]:
    return {"type": "uri", "value": f"{ENTITY}{qid}"}


def pair(subject: str, source: str) -> dict[str, Any]:
    return {"subject": literal(subject), "source": literal(source)}


def statement(qid: int, property_: str, value: str) -> dict[str, Any]:
    return {"item": item(qid), "property": {"type": "uri", "value": property_}, "value": literal(value)}


def expected_item(given: dict[str, Any]) -> Item:
    """An item from its expected form: texts as pairs, problems as pairs, what is not named at its default."""
    made: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    for name in ("label", "original_title"):
        if name in made:
            made[name] = Text(*made[name])
    if "modified" in made:
        made["modified"] = datetime.fromisoformat(made["modified"])
    made["problems"] = tuple(Problem(*pair) for pair in made.get("problems", ()))
    return Item(**made)


@pytest.mark.parametrize("name", sorted(path.name.partition(".")[0] for path in PAYLOADS.glob("*.expected.json")))
def test_a_payload_parses_to_what_lies_beside_it(name: str) -> None:
    expected = [expected_item(given) for given in json.loads((PAYLOADS / f"{name}.expected.json").read_text())]

    rows = parse.statements((PAYLOADS / f"{name}.json").read_bytes())
    found = parse.items([item.qid for item in expected], rows, this_year=2026)

    assert found == expected


def test_the_order_of_rows_changes_nothing() -> None:
    for path in PAYLOADS.glob("*.expected.json"):
        rows = parse.statements((PAYLOADS / path.name.replace(".expected", "")).read_bytes())
        qids = [given["qid"] for given in json.loads(path.read_text())]

        assert parse.items(qids, rows[::-1], this_year=2026) == parse.items(qids, rows, this_year=2026)


def test_every_part_of_an_item_is_tried_by_some_payload() -> None:
    tried = {
        name for path in PAYLOADS.glob("*.expected.json") for given in json.loads(path.read_text()) for name in given
    }

    optional = {
        part.name for part in fields(Item) if part.default is not MISSING or part.default_factory is not MISSING
    }
    assert optional - tried == {"tmdb_movie"}


def test_a_title_of_5000_characters_is_no_name_and_says_so() -> None:
    rows = parse.statements(
        body(
            statement(1, "http://www.w3.org/2000/01/rdf-schema#label", "x" * 5000),
            statement(1, "http://www.wikidata.org/prop/direct/P1476", "x" * 1000),
            statement(2, "http://www.w3.org/2000/01/rdf-schema#label", "y" * 1001),
            statement(2, "http://www.wikidata.org/prop/direct/P4947", "841"),
            count=4,
        )
    )
    falls_back, nameless = parse.items([1, 2], rows, this_year=2026)

    assert falls_back.label == Text("x" * 1000, "")
    assert falls_back.problems == (Problem("title_too_long", "x" * 200 + "…"),)
    assert (nameless.label, nameless.tmdb_movie) == (None, ("841",))
    assert nameless.problems == (Problem("title_too_long", "y" * 200 + "…"),)


@pytest.mark.parametrize(
    ("year", "published"), [(2046, 2046), (2047, None), (-4999, -5000), (-5000, None), (0, -1), (1, 1)]
)
def test_years_are_taken_from_5000_bce_to_twenty_years_ahead(year: int, published: int | None) -> None:
    date = f"{'-' if year < 0 else ''}{abs(year):04}-01-01T00:00:00Z"
    rows = parse.statements(body(statement(1, "http://www.wikidata.org/prop/direct/P577", date), count=1))

    (found,) = parse.items([1], rows, this_year=2026)

    assert found.published == published
    assert found.problems == (() if published else (Problem("year_out_of_range", f"P577 {date}"),))


def test_a_slice_is_in_order_and_knows_what_remains() -> None:
    part = parse.edge_slice(body(pair("10", "3"), pair("9", "20"), pair("9", "3"), count=7), after=None, limit=3)

    assert part.edges == (Edge(9, 3), Edge(9, 20), Edge(10, 3))
    assert part.remaining == 7


@pytest.mark.parametrize(
    ("rows", "count", "limit"),
    [
        ([pair("1", "2")], 2, 5),
        ([pair("1", "2")], 9, 2),
        ([pair("1", "2"), pair("1", "3")], 1, 5),
        ([pair("1", "2"), pair("1", "2")], 2, 5),
        ([pair("1", "http")], 1, 5),
        ([], 1, 5),
    ],
)
def test_a_slice_that_is_not_what_was_counted_is_truncated(rows: list[dict[str, Any]], count: int, limit: int) -> None:
    with pytest.raises(Truncated):
        parse.edge_slice(body(*rows, count=count), after=None, limit=limit)


def test_changes_are_in_order_and_know_what_remains() -> None:
    rows = [{"number": literal(number)} for number in ("10", "9")]
    assert parse.changes(body(*rows, count=7), after=0, limit=2) == Changes((9, 10), 7)


@pytest.mark.parametrize(("numbers", "count"), [(["1"], 2), (["1", "1"], 2), (["Q1"], 1), ([], 1)])
def test_changes_that_are_not_what_was_counted_are_truncated(numbers: list[str], count: int) -> None:
    with pytest.raises(Truncated):
        parse.changes(body(*({"number": literal(number)} for number in numbers), count=count), after=0, limit=5)


def test_class_edges_leave_out_what_is_no_class() -> None:
    unknown = {"type": "uri", "value": "http://www.wikidata.org/.well-known/genid/1"}
    rows = [
        {"child": item(5), "parent": item(2)},
        {"child": item(4), "parent": unknown},
        {"child": item(3), "parent": item(2)},
    ]
    assert parse.class_edges(body(*rows, count=3)) == [ClassEdge(3, 2), ClassEdge(5, 2)]


def test_an_answer_about_nothing_says_that_nothing_exists() -> None:
    assert parse.items([7, 3], parse.statements(body(count=0)), this_year=2026) == [
        Item(qid=3, exists=False),
        Item(qid=7, exists=False),
    ]


def test_what_does_not_lie_behind_the_cursor_is_no_answer_to_go_on_from() -> None:
    pairs = body(pair("9", "3"), pair("9", "20"), count=7)
    numbers = body({"number": literal("9")}, {"number": literal("10")}, count=7)

    assert parse.edge_slice(pairs, after=Edge(9, 2), limit=2).edges[0] == Edge(9, 3)
    assert parse.changes(numbers, after=8, limit=2).qids == (9, 10)
    with pytest.raises(Truncated, match="had been read before"):
        parse.edge_slice(pairs, after=Edge(9, 3), limit=2)
    with pytest.raises(Truncated, match="had been read before"):
        parse.changes(numbers, after=9, limit=2)
