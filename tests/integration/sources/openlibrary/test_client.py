"""The client against Open Library on loopback, with its shapes, limits and errors."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from adaptapedia.sources.errors import NotFound, Rejected
from adaptapedia.sources.openlibrary.client import OpenLibraryClient
from tests.integration.sources.clients import open_library
from tests.upstreams.lab import OpenLibraryLab
from tests.upstreams.titles import work

Answered = TypeVar("Answered")


@pytest.fixture
def lab(open_library_lab: OpenLibraryLab) -> OpenLibraryLab:
    open_library_lab.limiter = None
    open_library_lab.add(
        work(
            893415,
            "Dune",
            year=1965,
            authors="Frank Herbert",
            languages=("fre", "eng"),
            doc={"cover_i": 11481354, "ratings_average": 4.3, "ratings_count": 115, "edition_count": 122},
            record={"description": {"type": "/type/text", "value": "A planet\r\nof sand."}},
        ),
        work(45804, "Fantastic Mr Fox", doc={"cover_i": -1}, record={"description": "A fox."}),
        work(2, redirect="OL893415W"),
    )
    return open_library_lab


def ask(lab: OpenLibraryLab, question: Callable[[OpenLibraryClient], Awaitable[Answered]], **terms: Any) -> Answered:
    async def asked() -> Answered:
        async with open_library(lab.url, **terms) as client:
            return await question(client)

    return asyncio.run(asked())


def test_works_come_by_key_in_one_request_and_unknown_ones_are_absent(lab: OpenLibraryLab) -> None:
    fox, dune = ask(lab, lambda client: client.works(["OL893415W", "OL404W", "OL45804W", "OL2W"]))

    assert (fox.key, fox.title, fox.cover_id, fox.problems) == ("OL45804W", "Fantastic Mr Fox", None, ())
    assert (dune.key, dune.title, dune.first_year, dune.problems) == ("OL893415W", "Dune", 1965, ())
    assert [name for _, name in dune.authors] == ["Frank Herbert"]
    assert (dune.languages, dune.cover_id, dune.editions) == (("eng", "fre"), 11481354, 122)
    assert (dune.rating, dune.ratings) == (4.3, 115)
    assert len(lab.requests) == 1


def test_a_hundred_works_are_one_request(lab: OpenLibraryLab) -> None:
    lab.add(*(work(number, f"Book {number}", authors="Somebody") for number in range(1000, 1100)))

    works = ask(lab, lambda client: client.works([f"OL{number}W" for number in range(1000, 1100)]))

    assert [one.title for one in works] == [f"Book {number}" for number in range(1000, 1100)]
    assert {problem for one in works for problem in one.problems} == set()
    assert len(lab.requests) == 1


def test_a_description_comes_as_words_whichever_shape_it_has(lab: OpenLibraryLab) -> None:
    assert ask(lab, lambda client: client.description("OL893415W")).text == "A planet of sand."
    assert ask(lab, lambda client: client.description("OL45804W")).text == "A fox."


def test_a_work_that_was_merged_says_into_which(lab: OpenLibraryLab) -> None:
    told = ask(lab, lambda client: client.description("OL2W"))

    assert (told.key, told.text, told.redirect_to) == ("OL2W", "", "OL893415W")


def test_a_work_that_is_not_there_is_not_found(lab: OpenLibraryLab) -> None:
    with pytest.raises(NotFound):
        ask(lab, lambda client: client.description("OL404W"))
    assert len(lab.requests) == 1


def test_without_a_contact_it_is_said_what_to_set(lab: OpenLibraryLab) -> None:
    with pytest.raises(Rejected, match="CONTACT"):
        ask(lab, lambda client: client.works(["OL893415W"]), agent="Mozilla/5.0")
    assert len(lab.requests) == 1


def test_descriptions_of_two_hundred_works_have_no_problems(lab: OpenLibraryLab) -> None:
    lab.add(*(work(number, f"Book {number}") for number in range(1000, 1200)))

    async def all_of_them(client: OpenLibraryClient) -> list[Any]:
        return await asyncio.gather(*(client.description(f"OL{number}W") for number in range(1000, 1200)))

    told = ask(lab, all_of_them)

    assert [one.key for one in told] == [f"OL{number}W" for number in range(1000, 1200)]
    assert {problem for one in told for problem in one.problems} == set()
    assert 0 < sum(not one.text for one in told) < 200
