import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.models import Adaptation, ScreenWork, Work
from adaptapedia.catalogue.pages import SIBLINGS_SHOWN
from tests.integration.web.samples import (
    adapt,
    credit,
    make_dracula,
    make_family,
    make_screen_work,
    make_thing,
    make_work,
)
from tests.integration.web.views.test_book import assert_well_formed, data_of, page_of

pytestmark = pytest.mark.django_db


def test_the_page_of_a_film_takes_one_query_however_many_others_there_are(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_family(55)

    with django_assert_num_queries(1):
        page = page_of(client, "/screen/hamlet-7/")

    assert page.count('<li class="card">') == SIBLINGS_SHOWN
    assert '<a href="/book/hamlet/#on-screen">All 54</a>' in page


def test_it_says_who_made_it_and_from_what(client: Client) -> None:
    make_dracula()
    page = page_of(client, "/screen/nosferatu/")

    assert "<title>Nosferatu (1922) · Adaptapedia</title>" in page
    assert '<h1><bdi lang="de" dir="ltr">Nosferatu</bdi></h1>' in page
    assert "Nosferatu – Eine Symphonie des Grauens" in page
    assert '<dt>Directed by</dt><dd><bdi lang="en" dir="ltr">F. W. Murnau</bdi></dd>' in page
    assert '<dt>Written by</dt><dd><bdi lang="en" dir="ltr">Henrik Galeen</bdi></dd>' in page
    assert '<a href="/book/dracula/"><bdi lang="en" dir="ltr">Dracula</bdi></a>' in page
    assert "Inspired by it." in page
    assert "25 years from page to screen" in page
    assert 'href="https://www.imdb.com/title/tt0013442/"' in page
    assert 'content="Nosferatu (1922), by F. W. Murnau, made from Dracula (1897)."' in page
    assert_well_formed(page)


def test_it_lists_its_remakes_and_the_others_of_the_book_each_once(client: Client) -> None:
    make_thing()
    first = page_of(client, "/screen/the-thing-from-another-world/")
    second = page_of(client, "/screen/the-thing/")

    assert "Remade as" in first
    assert "Others of the same book" not in first
    assert first.count('href="/screen/the-thing/"') == 1
    assert second.count('<li class="source') == 2
    assert second.index('href="/book/who-goes-there/"') < second.index('class="source-title"') + 400
    assert_well_formed(first)
    assert_well_formed(second)


def test_a_remake_alone_is_called_so(client: Client) -> None:
    original = make_screen_work("Seven Samurai", director="Akira Kurosawa", year=1954)
    adapt(make_screen_work("The Magnificent Seven", director="John Sturges", year=1960), original)
    page = page_of(client, "/screen/the-magnificent-seven/")

    assert "Remake of</h2>" in page
    assert "from page to screen" not in page
    assert "Akira Kurosawa" in page
    assert "Remade as" in page_of(client, "/screen/seven-samurai/")


def test_several_books_of_one_film_are_all_there(client: Client) -> None:
    film = make_screen_work("Dracula vs. Frankenstein", year=1971)
    for title, author, year in (("Frankenstein", "Mary Shelley", 1818), ("Dracula", "Bram Stoker", 1897)):
        adapt(film, make_work(title, author=author, form="novel", year=year))
    page = page_of(client, "/screen/dracula-vs-frankenstein/")

    assert page.index("Mary Shelley") < page.index("Bram Stoker")
    assert "from page to screen" not in page
    assert [source["name"] for source in data_of(page)[0]["isBasedOn"]] == ["Frankenstein", "Dracula"]


def test_what_is_retired_is_hidden(client: Client) -> None:
    make_thing()
    Work.objects.update(retired_at=timezone.now())
    page = page_of(client, "/screen/the-thing/")
    assert "who-goes-there" not in page
    assert "Remake of</h2>" in page

    Adaptation.objects.update(retired_at=timezone.now())
    assert "no longer in the catalogue" in page_of(client, "/screen/the-thing/")
    ScreenWork.objects.update(retired_at=timezone.now())
    assert client.get("/screen/the-thing/").status_code == 404


def test_programs_are_told_kind_makers_and_source(client: Client) -> None:
    make_dracula()
    series = ScreenWork.objects.get(year=2020)
    credit(series, "Steven Moffat", role="creator", position=1)
    film, crumbs = data_of(page_of(client, "/screen/nosferatu/"))
    show = data_of(page_of(client, "/screen/dracula-2020/"))[0]

    assert film["@type"] == "Movie"
    assert film["director"] == [{"@type": "Person", "name": "F. W. Murnau"}]
    assert film["isBasedOn"][0] | {"url": ""} == {
        "@type": "Book",
        "name": "Dracula",
        "author": [{"@type": "Person", "name": "Bram Stoker"}],
        "datePublished": "1897",
        "inLanguage": "en",
        "url": "",
    }
    assert [place["item"] for place in crumbs["itemListElement"]] == [
        "http://testserver/",
        "http://testserver/book/dracula/",
        "http://testserver/screen/nosferatu/",
    ]
    assert (show["@type"], show["startDate"], show["endDate"]) == ("TVSeries", "2020", "2020")
    assert len(show["creator"]) == 2


def test_a_book_looked_for_among_the_films_is_found(client: Client) -> None:
    make_work("Emma")
    response = client.get("/screen/emma/")

    assert response.status_code == 404
    assert 'href="/book/emma/"' in response.content.decode()


@pytest.mark.parametrize("given", ["NOSFERATU", "Nosferatu.", "nosferatu_"])
def test_a_mistyped_slug_leads_to_the_page(client: Client, given: str) -> None:
    make_dracula()

    assert client.get(f"/screen/{given}/?a=1")["Location"] == "/screen/nosferatu/?a=1"


def test_who_has_the_page_already_is_told_so(client: Client) -> None:
    make_dracula()
    tag = client.get("/screen/nosferatu/")["ETag"]

    assert client.get("/screen/nosferatu/", headers={"if-none-match": tag}).status_code == 304
    assert client.head("/screen/nosferatu/").status_code == 200
