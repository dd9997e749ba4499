import json
from typing import Any

import pytest

from adaptapedia.sources.errors import NotFound, RateLimited, Rejected, SourceError, Truncated, Unavailable
from adaptapedia.sources.tmdb import parse, refusals
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from adaptapedia.sources.unpacking import read_json
from tests.unit.sources.records import PAYLOADS, expected, payloads, plain

DUNE = TitleRef(TitleKind.MOVIE, 438631)
THRONES = TitleRef(TitleKind.TV, 1399)


def body_of(name: str) -> Any:
    return read_json((PAYLOADS / "tmdb" / f"{name}.json").read_bytes())


def parsed(name: str) -> Any:
    """The record in an answer, parsed as the first words of its name say."""
    kind, *of = name.split("-")
    body = body_of(name)
    if kind == "search":
        return parse.search_page(body, TitleKind(of[0]))
    if kind == "changes":
        return parse.changes_page(body, TitleKind(of[0]), asked=body["page"])
    if kind == "find":
        return parse.found(body)
    if kind == "configuration":
        return parse.image_sizes(body)
    return parse.title(body, TitleRef(TitleKind(kind), int(of[0])))


@pytest.mark.parametrize("name", payloads("tmdb"))
def test_a_payload_parses_to_what_lies_beside_it(name: str) -> None:
    assert plain(parsed(name)) == expected("tmdb", name)


def test_every_part_of_a_title_is_tried_by_some_payload() -> None:
    titles = [expected("tmdb", name) for name in payloads("tmdb") if name.startswith(("movie", "tv"))]

    assert [part for part in titles[0] if not any(title[part] for title in titles)] == []


def test_equal_titles_compare_equal_whatever_the_order_of_what_has_none() -> None:
    body = body_of("movie-438631-whole")
    turned = body_of("movie-438631-whole")
    for container, name in (
        (turned["keywords"], "keywords"),
        (turned["release_dates"], "results"),
        (turned["videos"], "results"),
        (turned["watch/providers"]["results"]["DE"], "rent"),
        (turned, "production_countries"),
    ):
        container[name] = container[name][::-1]
    turned["watch/providers"]["results"] = dict(reversed(turned["watch/providers"]["results"].items()))

    assert parse.title(turned, DUNE) == parse.title(body, DUNE)


@pytest.mark.parametrize("part", ["credits", "external_ids", "watch/providers", "keywords", "release_dates", "videos"])
@pytest.mark.parametrize("left", [None, [], {"success": False, "status_code": 11}, "missing"])
def test_a_film_without_one_of_its_parts_is_truncated(part: str, left: Any) -> None:
    body = body_of("movie-438631-whole") | {part: left}
    if left == "missing":
        del body[part]

    with pytest.raises(Truncated, match=f"movie 438631 lacks its {part}") as raised:
        parse.title(body, DUNE)
    assert "object of" in raised.value.evidence


@pytest.mark.parametrize("part", ["aggregate_credits", "content_ratings"])
def test_a_series_without_one_of_its_parts_is_truncated(part: str) -> None:
    body = body_of("tv-1399-whole")
    del body[part]

    with pytest.raises(Truncated, match=f"tv 1399 lacks its {part}"):
        parse.title(body, THRONES)


@pytest.mark.parametrize("body", [None, [], {}, 42, "", "<html>", True, {"id": 1399}, {"id": "438631"}, {"id": True}])
def test_what_is_not_the_title_that_was_asked_for_is_an_error_with_evidence(body: Any) -> None:
    with pytest.raises(Unavailable) as raised:
        parse.title(body, DUNE)
    assert raised.value.evidence or body == ""


@pytest.mark.parametrize("body", [None, [], {}, {"results": []}, {"page": 1, "total_pages": 1, "results": {}}, 42])
def test_what_is_no_page_is_an_error(body: Any) -> None:
    with pytest.raises((Truncated, Unavailable)):
        parse.search_page(body, TitleKind.MOVIE)
    with pytest.raises((Truncated, Unavailable)):
        parse.changes_page(body, TitleKind.MOVIE, asked=1)


def test_a_page_of_changes_other_than_the_one_asked_for_is_truncated() -> None:
    body = {"results": [{"id": 1}], "page": 1, "total_pages": 7}
    with pytest.raises(Truncated, match="page 1 of what changed where page 2 was due"):
        parse.changes_page(body, TitleKind.MOVIE, asked=2)


def test_changes_say_of_how_many_pages_they_are_and_a_search_of_how_many_can_be_seen() -> None:
    body = {"results": [], "page": 1, "total_pages": 501}
    assert parse.changes_page(body, TitleKind.MOVIE, asked=1).pages == 501
    assert parse.search_page(body, TitleKind.MOVIE).pages == 500


def test_a_lookup_without_one_of_its_five_lists_is_truncated() -> None:
    body = body_of("find-nothing")
    for name in body:
        with pytest.raises(Truncated, match=name):
            parse.found({**body, name: None})


@pytest.mark.parametrize("base", ["http://image.tmdb.org/t/p/", "https://x/'>", "javascript:/", "", None])
def test_a_configuration_without_a_safe_address_is_truncated(base: str | None) -> None:
    body = body_of("configuration-today")
    body["images"]["secure_base_url"] = base

    with pytest.raises(Truncated):
        parse.image_sizes(body)


def test_a_title_full_of_nonsense_tells_a_bounded_number_of_problems() -> None:
    body = body_of("movie-438631-whole")
    body["credits"]["cast"] = [{"id": f"{number}{'x' * 100_000}"} for number in range(1000)]

    problems = parse.title(body, DUNE).problems

    assert len(problems) == 51
    assert max(len(problem.value) for problem in problems) < 250


REFUSALS: list[tuple[int, int, type[SourceError], str]] = [
    (401, 7, Rejected, "TMDB_API_KEY"),
    (401, 3, Rejected, "TMDB_API_KEY"),
    (403, 10, Rejected, "TMDB_API_KEY"),
    (404, 34, NotFound, "does not have"),
    (404, 6, NotFound, "does not have"),
    (429, 25, RateLimited, "wait"),
    (400, 22, Rejected, "500"),
    (422, 20, Rejected, "14 days"),
    (400, 27, Rejected, "20"),
]


@pytest.mark.parametrize(("status", "code", "kind", "words"), REFUSALS)
def test_a_refusal_is_the_error_that_its_code_stands_for(
    status: int, code: int, kind: type[SourceError], words: str
) -> None:
    body = {"success": False, "status_code": code, "status_message": "Words that nobody should rely on."}

    error = refusals.refusal(status, body, "what was seen")

    assert type(error) is kind
    assert words in str(error)
    assert error.evidence == "what was seen"
    with pytest.raises(kind, match=words):  # the same inside of an answer that says it went well
        parse.title(body, DUNE)


@pytest.mark.parametrize("body", [None, {}, "Not found", [], {"status_code": None}, {"error": "notfound"}])
def test_a_404_that_is_not_tmdbs_own_does_not_say_that_a_title_is_gone(body: Any) -> None:
    assert type(refusals.refusal(404, body, "")) is Unavailable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 418])
def test_what_the_status_says_alone_is_left_to_it(status: int) -> None:
    assert refusals.refusal(status, None, "") is None
    assert refusals.refusal(status, {"success": False, "status_code": 11}, "") is None


def test_payloads_are_what_they_say() -> None:
    """NaN and half surrogates are in them as they would come over the wire."""
    raw = (PAYLOADS / "tmdb" / "movie-3-oddities.json").read_text()

    assert "NaN" in raw
    assert r"\ud800" in raw
    assert json.loads(raw)["id"] == 3
