import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.actions import change_slug
from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work, WorkExternalId
from tests.integration.ops.samples import make_person
from tests.integration.web.samples import adapt, make_dracula, make_family, make_screen_work, make_work

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
VOID = {"meta", "link", "img", "input", "br", "path", "circle", "rect", "line"}


def page_of(client: Client, address: str = "/book/dracula/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def data_of(page: str) -> list[dict[str, Any]]:
    (block,) = BLOCK.findall(page)
    data = json.loads(block)
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


class Balance(HTMLParser):
    """Every element is closed where it was opened, and no id stands twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing to close."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assert_well_formed(page: str) -> None:
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))


def test_the_page_of_a_book_takes_two_queries_with_ten_films_and_with_fifty_five(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_dracula()
    make_family(55)

    with django_assert_num_queries(2):
        page_of(client)
    with django_assert_num_queries(2):
        page = page_of(client, "/book/hamlet/")
    assert page.count('<li class="card">') == 55


def test_it_says_what_the_book_is_and_how_it_has_fared(client: Client) -> None:
    make_dracula()
    page = page_of(client)

    assert "<title>Dracula · Bram Stoker · Adaptapedia</title>" in page
    assert '<h1><bdi lang="en" dir="ltr">Dracula</bdi></h1>' in page
    assert (
        '<bdi lang="en" dir="ltr">Bram Stoker</bdi>’s novel has reached the screen eleven times in this catalogue, '
        "first after 25 years, last in 2020."
    ) in page
    assert '<meta name="description" content="Bram Stoker’s novel has reached the screen eleven times' in page
    assert '<link rel="canonical" href="http://testserver/book/dracula/">' in page
    assert '<meta property="og:url" content="http://testserver/book/dracula/">' in page
    assert 'href="https://openlibrary.org/works/OL85892W"' in page
    assert 'href="https://www.wikidata.org/wiki/Q41542"' in page
    assert_well_formed(page)


def test_what_was_made_from_it_stands_in_the_order_of_years_the_unknown_last(client: Client) -> None:
    book = make_work("The Trial", author="Franz Kafka", form="novel", year=1925)
    for title, year in (("Undated", None), ("Der Prozess", 1948), ("The Trial", 1962)):
        adapt(make_screen_work(title, year=year), book)
    page = page_of(client, f"/book/{book.slug}/").partition('id="on-screen"')[2]

    assert page.index(">Der Prozess<") < page.index('href="/screen/the-trial') < page.index(">Undated<")
    assert "year unknown · Film" in page


def test_what_is_retired_is_hidden(client: Client) -> None:
    book = make_dracula()
    ScreenWork.objects.filter(year=1931).update(retired_at=timezone.now())
    Adaptation.objects.filter(screen_work__year=1936).update(retired_at=timezone.now())
    Person.objects.filter(name="Terence Fisher").update(retired_at=timezone.now())
    page = page_of(client)

    assert "nine times" in page
    assert "Dracula's Daughter" not in page
    assert "Tod Browning" not in page
    assert "Terence Fisher" not in page
    Work.objects.filter(pk=book.pk).update(retired_at=timezone.now())
    assert client.get("/book/dracula/").status_code == 404


def test_a_book_without_a_film_says_so_and_where_to_go(client: Client) -> None:
    make_work("吾輩は猫である", language="ja", original_title="吾輩ハ猫デアル", original_language="ja", slug="cat")
    page = page_of(client, "/book/cat/")

    assert "This work has not reached the screen in this catalogue." in page
    assert '<p class="original"><bdi lang="ja" dir="ltr">吾輩ハ猫デアル</bdi></p>' in page
    assert "No film or series made from it is in the catalogue." in page
    assert "not known here" in page


def test_a_year_before_the_common_era_is_called_so(client: Client) -> None:
    make_work("Antigone", author="Sophocles", form="play", year=-441, original_language="grc")
    page = page_of(client, "/book/antigone/")

    assert "441 BCE" in page
    assert "Ancient Greek" in page
    assert data_of(page)[0]["datePublished"] == "-0440"


def test_programs_are_told_the_same_in_the_words_of_schema_org(client: Client) -> None:
    book = make_dracula()
    WorkExternalId.objects.create(work=book, scheme="isbn", value="9780141439846", source="wikidata")
    page = page_of(client)
    thing, crumbs = data_of(page)

    assert thing["@type"] == "Book"
    assert thing["author"] == [{"@type": "Person", "name": "Bram Stoker"}]
    assert (thing["datePublished"], thing["isbn"], thing["inLanguage"]) == ("1897", "9780141439846", "en")
    assert "https://www.wikidata.org/wiki/Q41542" in thing["sameAs"]
    assert "BookSources" in page, "a link for readers"
    assert not [address for address in thing["sameAs"] if "BookSources" in address], "and no other page of this book"
    assert [place["name"] for place in crumbs["itemListElement"]] == ["Adaptapedia", "Dracula"]


def test_no_title_breaks_out_of_the_page(client: Client) -> None:
    hostile = "</script><script>alert(1)</script> & \"'>"
    book = make_work(hostile, slug="hostile", author=hostile, original_title=hostile + "!")
    adapt(make_screen_work(hostile, slug="hostile-film", director=hostile), book)
    for address in ("/book/hostile/", "/screen/hostile-film/"):
        page = page_of(client, address)

        assert "<script>alert" not in page
        assert_well_formed(page)
        assert hostile in {thing.get("name") for thing in data_of(page)}


def test_who_has_the_page_already_is_told_so(client: Client) -> None:
    make_dracula()
    first = client.get("/book/dracula/")
    again = client.get("/book/dracula/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Vary"] == first["Vary"]
    Work.objects.update(title="Drakula")
    changed = client.get("/book/dracula/", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200


def test_caches_may_keep_it_for_everybody_without_a_cookie(client: Client) -> None:
    make_dracula()
    reader = Client()
    reader.force_login(make_person("mina", "user"))
    anonymous = client.get("/book/dracula/")

    assert "public" in anonymous["Cache-Control"]
    assert "s-maxage" in anonymous["Cache-Control"]
    assert "Cookie" in anonymous["Vary"]
    assert not anonymous.cookies
    assert reader.get("/book/dracula/")["Cache-Control"] == "private, no-cache"
    client.cookies["theme"] = "dark"
    assert client.get("/book/dracula/")["Cache-Control"] == "private, no-cache"


def test_no_cache_says_for_long_that_a_book_is_missing(client: Client) -> None:
    missing = client.get("/book/dracula/")
    assert (missing.status_code, missing["Cache-Control"]) == (404, "public, max-age=0, s-maxage=30")
    make_dracula()
    moved = client.get("/book/Dracula/")
    assert moved.status_code == 301
    assert "stale-while-revalidate" in moved["Cache-Control"]


@pytest.mark.parametrize("given", ["DRACULA", "Dracula", "dracula_", "Dracula!", "old-dracula", "Old-Dracula"])
def test_a_former_or_mistyped_slug_leads_to_the_page(client: Client, given: str) -> None:
    book = make_dracula()
    change_slug(book, to="old-dracula")
    change_slug(book, to="dracula")
    response = client.get(f"/book/{given}/?from=here&n=1")

    assert (response.status_code, response["Location"]) == (301, "/book/dracula/?from=here&n=1")


def test_a_missing_slash_is_added(client: Client) -> None:
    make_dracula()
    response = client.get("/book/dracula?from=here")

    assert (response.status_code, response["Location"]) == (301, "/book/dracula/?from=here")


@pytest.mark.parametrize("slug", ["nowhere", "a" * 500, "%00", "吾輩", "-", "..", "1' OR 1=1", "%ff", "a%0Ab"])
def test_what_is_no_book_is_404_with_a_way_on(
    client: Client, slug: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        response = client.get(f"/book/{slug}/")

    assert response.status_code == 404
    assert "Not in this edition." in response.content.decode()
    assert "canonical" not in response.content.decode()


def test_a_film_looked_for_among_the_books_is_found(client: Client) -> None:
    make_dracula()
    page = client.get("/book/nosferatu/").content.decode()

    assert 'href="/screen/nosferatu/"' in page


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/book/dracula/").status_code == 405
