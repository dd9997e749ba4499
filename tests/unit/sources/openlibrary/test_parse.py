from typing import Any

import pytest

from adaptapedia.sources.errors import NotFound, Rejected, Truncated, Unavailable
from adaptapedia.sources.openlibrary import parse
from adaptapedia.sources.unpacking import read_json
from tests.unit.sources.records import PAYLOADS, expected, payloads, plain

DUNE = "OL893415W"


def body_of(name: str) -> Any:
    return read_json((PAYLOADS / "openlibrary" / f"{name}.json").read_bytes())


def parsed(name: str) -> Any:
    """The records in an answer, parsed as the first words of its name say."""
    keys = [word for word in name.split("-") if word.startswith("OL")]
    return parse.works(body_of(name), keys) if name.startswith("search") else parse.description(body_of(name), *keys)


@pytest.mark.parametrize("name", payloads("openlibrary"))
def test_a_payload_parses_to_what_lies_beside_it(name: str) -> None:
    assert plain(parsed(name)) == expected("openlibrary", name)


def test_a_search_that_holds_less_than_it_counts_is_truncated() -> None:
    with pytest.raises(Truncated, match="holds 0 works where 2 were found"):
        parse.works({"numFound": 2, "docs": []}, [DUNE])


@pytest.mark.parametrize("key", ["/works/OL1W", "OL893415W/../x", "", None, 7, "/authors/OL893415A"])
def test_nothing_but_works_that_were_not_asked_for_says_that_the_search_was_not_understood(key: Any) -> None:
    with pytest.raises(Truncated, match="not asked for"):
        parse.works({"numFound": 1, "docs": [{"key": key, "title": "Another"}]}, [DUNE, "OL2W"])


def test_a_work_that_stands_in_place_of_one_merged_into_it_leaves_the_others_as_they_are() -> None:
    docs = [{"key": "/works/OL7W", "title": "Merged"}, {"key": f"/works/{DUNE}", "title": "Dune"}]
    assert [work.key for work in parse.works({"numFound": 2, "docs": docs}, [DUNE, "OL2W"])] == [DUNE]
    assert parse.works({"numFound": 1, "docs": docs[:1]}, ["OL2W"]) == []


@pytest.mark.parametrize("body", [None, [], {}, 42, "", {"docs": []}, {"numFound": 1}, {"error": "Solr is down"}])
def test_what_is_no_search_is_an_error(body: Any) -> None:
    with pytest.raises(Unavailable):
        parse.works(body, [DUNE])


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"title": "Dune"},
        {"key": "/books/OL1M", "type": {"key": "/type/edition"}},
        {"key": f"/works/{DUNE}", "type": {"key": "/type/redirect"}},
        {"key": f"/works/{DUNE}", "type": {"key": "/type/redirect"}, "location": f"/works/{DUNE}"},
        {"key": f"/works/{DUNE}", "type": {"key": "/type/redirect"}, "location": "https://example.org/"},
        {"error": "internal"},
    ],
)
def test_what_is_no_work_is_an_error(body: Any) -> None:
    with pytest.raises(Unavailable):
        parse.description(body, DUNE)


def test_a_deleted_work_and_an_unknown_one_are_not_found() -> None:
    for body in ({"key": f"/works/{DUNE}", "type": {"key": "/type/delete"}}, {"error": "notfound", "key": "/works/x"}):
        with pytest.raises(NotFound):
            parse.description(body, DUNE)


def test_a_description_of_a_gigantic_length_is_none_and_says_so() -> None:
    told = parse.description({"key": f"/works/{DUNE}", "description": "x" * 200_000}, DUNE)

    assert told.text == ""
    assert told.problems[0].reason == "text_too_long"


def test_refusals_say_what_to_do() -> None:
    assert isinstance(parse.refusal(404, {"error": "notfound"}, ""), NotFound)
    assert isinstance(parse.refusal(404, None, ""), Unavailable)
    forbidden = parse.refusal(403, None, "HTTP 403: <html>")
    assert isinstance(forbidden, Rejected)
    assert "CONTACT" in str(forbidden)
    assert parse.refusal(500, None, "") is None
