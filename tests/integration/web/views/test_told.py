"""What TMDb and Open Library tell on the pages of screen works and books, each with its notice."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.freshness import TMDB, keep_reading
from adaptapedia.catalogue.models import ScreenMetadata, ScreenWork, Work
from tests.integration.web.samples import make_dracula
from tests.integration.web.told import tell_of_screen, tell_of_work
from tests.integration.web.views.test_book import assert_well_formed, page_of

pytestmark = pytest.mark.django_db

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."


@pytest.fixture
def nosferatu() -> ScreenWork:
    make_dracula()
    return ScreenWork.objects.get(slug="nosferatu")


def test_the_page_of_a_film_shows_what_tmdb_tells_in_one_query(
    client: Client, nosferatu: ScreenWork, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tell_of_screen(nosferatu)

    with django_assert_num_queries(1):
        page = page_of(client, "/screen/nosferatu/")

    assert '<p class="overview" lang="en">A &lt;vampire&gt; &amp; a plague.</p>' in page
    assert "<dt>Runtime</dt><dd>1 h 35 min</dd>" in page
    assert '<dt>Genre</dt><dd lang="en">Horror, Fantasy</dd>' in page
    assert '<dt>Certificate</dt><dd>NR <span class="dim">(United States)</span></dd>' in page
    assert "7.7 of 10 from 2200 votes" in page
    assert '<bdi lang="en" dir="ltr">Max Schreck</bdi> <span class="dim" lang="en">Graf Orlok</span>' in page
    assert 'href="https://www.youtube.com/watch?v=FC6jFoYm3xs"' in page
    assert "<iframe" not in page
    assert page.count(TMDB_NOTICE) == 1
    assert 'href="https://www.themoviedb.org/movie/653"' in page
    assert_well_formed(page)


def test_a_film_of_which_tmdb_tells_nothing_has_neither_section_nor_notice(
    client: Client, nosferatu: ScreenWork
) -> None:
    page = page_of(client, "/screen/nosferatu/")
    assert 'id="told"' not in page
    assert TMDB_NOTICE not in page
    assert "<img" not in page


def test_where_to_watch_is_told_of_the_country_in_the_address(client: Client, nosferatu: ScreenWork) -> None:
    tell_of_screen(nosferatu)
    usual = page_of(client, "/screen/nosferatu/")
    german = page_of(client, "/screen/nosferatu/?country=de")
    nowhere = page_of(client, "/screen/nosferatu/?country=FR")

    assert "<dt>To rent</dt><dd>Apple TV, Google Play</dd>" in usual
    assert "<dt>Free, with advertising</dt><dd>Tubi TV</dd>" in usual
    assert '<option value="US" selected>United States</option>' in usual
    assert "<dt>With a subscription</dt><dd>Netflix</dd>" in german
    assert '<dd>12 <span class="dim">(Germany)</span></dd>' in german
    assert 'href="https://www.themoviedb.org/movie/653/watch?locale=DE"' in german
    assert "Nobody is known to show it in France." in nowhere
    for page in (usual, german, nowhere):
        assert "data by JustWatch" in page
        assert '<link rel="canonical" href="http://testserver/screen/nosferatu/">' in page
        assert_well_formed(page)


@pytest.mark.parametrize("country", ["", "X", "USA", "1;", "<b", "ÄÖ"])
def test_what_is_no_country_is_the_usual_one(client: Client, nosferatu: ScreenWork, country: str) -> None:
    tell_of_screen(nosferatu)
    response = client.get("/screen/nosferatu/", {"country": country})
    assert '<option value="US" selected>' in response.content.decode()


def test_the_poster_lies_over_the_title_card_and_may_be_loaded(client: Client, nosferatu: ScreenWork) -> None:
    tell_of_screen(nosferatu)
    page = page_of(client, "/screen/nosferatu/")
    assert '<svg class="title-card"' in page
    assert (
        '<img class="title-card" src="https://image.tmdb.org/t/p/w342/zv7J85D8CC9qYagAEhPM63CIG6j.jpg" alt=""'
        ' width="342" height="513" loading="lazy"' in page
    )
    assert "https://image.tmdb.org" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]


@pytest.mark.parametrize("path", ["", "//evil.example/x.jpg", "javascript:x", '/"><b>.jpg'])
def test_a_poster_is_shown_from_tmdbs_own_host_alone(client: Client, nosferatu: ScreenWork, path: str) -> None:
    tell_of_screen(nosferatu, poster_path=path)
    page = page_of(client, "/screen/nosferatu/")
    assert "evil.example" not in page or 'src="https://image.tmdb.org/t/p/w342//evil.example' in page
    assert "<b>.jpg" not in page
    assert_well_formed(page)


def test_a_series_shows_its_seasons(client: Client, nosferatu: ScreenWork) -> None:
    seasons = [
        {"number": 1, "name": "Season 1", "aired": "2011-04-17", "episodes": 10, "poster_path": ""},
        {"number": 2, "name": "Season 2", "aired": None, "episodes": 1, "poster_path": ""},
    ]
    tell_of_screen(nosferatu, kind="tv", seasons=seasons, episodes=11)
    page = page_of(client, "/screen/nosferatu/")
    assert '<span lang="en">Season 1</span> <span class="dim">2011, 10 episodes</span>' in page
    assert '<span lang="en">Season 2</span> <span class="dim">1 episode</span>' in page
    assert "<dt>Episodes</dt><dd>11</dd>" in page


def test_a_title_of_which_hardly_anything_is_known_makes_a_page(client: Client, nosferatu: ScreenWork) -> None:
    ScreenMetadata.objects.create(screen_work=nosferatu, kind="movie", tmdb_id=1, digest=1, changed_at=timezone.now())
    page = page_of(client, "/screen/nosferatu/")
    assert TMDB_NOTICE in page
    assert "Where to watch" not in page
    assert_well_formed(page)


def test_the_page_of_a_book_shows_what_open_library_tells(
    client: Client, nosferatu: ScreenWork, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tell_of_work(Work.objects.get(slug="dracula"))

    with django_assert_num_queries(2):  # the second is that of the family
        page = page_of(client, "/book/dracula/")

    assert '<p class="overview">A count &lt;moves&gt; house.</p>' in page
    assert "<dt>Subjects</dt><dd>Vampires · Horror tales</dd>" in page
    assert "4.0 of 5 from 310 readers" in page
    assert 'href="https://openlibrary.org/works/OL85892W"' in page
    assert "From Open Library, a project of the Internet Archive." in page
    assert 'src="https://covers.openlibrary.org/b/id/12216503-M.jpg?default=false"' in page
    assert '<svg class="cover"' in page
    assert_well_formed(page)


def test_a_book_of_which_open_library_tells_nothing_says_nothing_of_it(client: Client, nosferatu: ScreenWork) -> None:
    assert 'id="told-book"' not in page_of(client, "/book/dracula/")


def test_the_page_of_sources_has_tmdbs_notice_and_when_it_was_read(client: Client) -> None:
    keep_reading(TMDB, at=datetime(2026, 11, 22, 4, 30, tzinfo=UTC))
    page = page_of(client, "/about/sources/")
    assert TMDB_NOTICE in page
    assert "JustWatch" in page
    assert '<time datetime="2026-11-22T04:30:00+00:00">' in page
