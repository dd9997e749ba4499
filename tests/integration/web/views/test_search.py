"""The search page: states, hostile parameters, the fragment."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue import search as module
from adaptapedia.catalogue.highlights import MOST_ADAPTED_KEY
from tests.integration.web.shelf import make_shelf, make_work
from tests.integration.web.test_maintenance import AWAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "PATIENCE", 20_000)
    cache.delete(MOST_ADAPTED_KEY)
    yield
    cache.delete(MOST_ADAPTED_KEY)


def page_of(client: Client, status: int = 200, **parameters: str) -> str:
    response = client.get("/search/", parameters)
    assert response.status_code == status
    return response.content.decode()


def test_what_is_found_leads_to_its_page(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    make_shelf()
    with django_assert_max_num_queries(4):
        page = page_of(client, q="dracula")
    assert 'href="/book/dracula/"' in page
    assert 'href="/screen/dracula-1931/"' in page
    assert "adapted 3 times" in page
    assert "3 entries, the best first." in page
    assert 'value="dracula"' in page


def test_nothing_asked_is_an_invitation_with_titles_that_are_there(client: Client) -> None:
    make_shelf()
    page = page_of(client)
    assert 'href="/search/?q=Dracula"' in page


def test_without_the_cache_the_invitation_names_what_came_last(client: Client, settings: Any) -> None:
    make_shelf()
    settings.CACHES = AWAY
    page = page_of(client)
    assert 'href="/search/?q=Rashomon"' in page
    assert "The catalogue is empty" not in page


def test_an_empty_catalogue_says_so(client: Client) -> None:
    assert "The catalogue is empty yet" in page_of(client)


def test_nothing_found_says_what_to_do(client: Client) -> None:
    make_shelf()
    page = page_of(client, q="zzyzx")
    assert "Nothing here is called" in page
    assert "Try fewer words" in page


def test_what_is_spelt_alike_is_offered(client: Client) -> None:
    make_shelf()
    page = page_of(client, q="drakula")
    assert "These are spelt alike:" in page
    assert 'href="/book/dracula/"' in page


def test_an_identifier_leads_to_its_entry(client: Client) -> None:
    make_shelf()
    response = client.get("/search/", {"q": "Q41542"})
    assert (response.status_code, response.headers["Location"]) == (302, "/book/dracula/")


def test_a_search_that_took_too_long_says_to_add_a_word(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.search_sql, "by_words", lambda *_, **__: "SELECT pg_sleep(5)")
    monkeypatch.setattr(module, "PATIENCE", 20)
    assert "Add a word of the title" in page_of(client, q="the")


def test_script_gets_the_list_alone(client: Client) -> None:
    make_shelf()
    response = client.get("/search/", {"q": "dracula"}, headers={"HX-Request": "true"})
    fragment = response.content.decode()
    assert "<html" not in fragment
    assert 'href="/book/dracula/"' in fragment
    assert "HX-Request" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store", "a browser would show it bare on the way back"


def test_a_page_of_what_was_found_is_its_readers_alone(client: Client) -> None:
    response = client.get("/search/", {"q": "dracula"})
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {"HX-Request", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_years_before_the_first_are_told_as_everywhere(client: Client) -> None:
    make_work("Antigone", year=-441)
    assert "<span>441 BCE</span>" in page_of(client, q="antigone")


def test_pages_are_turned_by_address_and_keep_the_filters(client: Client) -> None:
    for n in range(30):
        make_work(f"Lamp {n}", year=1995)
    first = page_of(client, q="lamp", side="books", decade="1990")
    assert 'rel="next" href="/search/?q=lamp&amp;side=books&amp;decade=1990&amp;page=2"' in first
    assert "26 to 30 of 30" in page_of(client, q="lamp", page="2")
    assert "There is no page 3 of this." in page_of(client, 404, q="lamp", page="3")


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"page": "abc"}, "A page is a number from 1 to 1000."),
        ({"page": "-1"}, "A page is a number from 1 to 1000."),
        ({"page": "0"}, "A page is a number from 1 to 1000."),
        ({"page": "1" + "0" * 30}, "A page is a number from 1 to 1000."),
        ({"side": "radio"}, "It is books, screen or, without it, both."),
        ({"decade": "1995"}, "There is no such decade to choose."),
        ({"q": "x" * 10_000}, "at most 200 letters here; this has 10000."),
        ({"q": "dra\x00cula"}, "There is a sign in it that no title has"),
    ],
)
def test_a_malformed_parameter_is_400_with_what_is_wrong(
    client: Client, parameters: dict[str, str], fault: str
) -> None:
    assert fault in page_of(client, 400, **{"q": "dracula", **parameters})


@pytest.mark.parametrize("text", ["???", "%", "_", "\\", "👻", "\u202e", "..."])
def test_what_has_no_letter_is_told_so(client: Client, text: str) -> None:
    make_shelf()
    assert "There is no letter and no digit in it" in page_of(client, q=text)


def test_what_was_typed_is_text_and_no_markup(client: Client) -> None:
    page = page_of(client, q='"><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_reading_is_all_it_does(client: Client) -> None:
    assert client.post("/search/").status_code == 405


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=st.dictionaries(st.sampled_from(["q", "side", "decade", "page", "other"]), st.text(max_size=60)),
    fragment=st.booleans(),
)
def test_no_address_breaks_it(client: Client, parameters: dict[str, str], fragment: bool) -> None:
    headers = {"HX-Request": "true"} if fragment else {}
    assert client.get("/search/", parameters, headers=headers).status_code in {200, 302, 400, 404}
