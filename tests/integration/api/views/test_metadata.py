"""What TMDb and Open Library tell, for programs: marked with its source and its notice."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import ScreenWork, Work
from tests.integration.web.samples import make_dracula
from tests.integration.web.told import tell_of_screen, tell_of_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dracula() -> None:
    make_dracula()


def test_a_screen_work_has_what_tmdb_tells_with_its_notice(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    screen = ScreenWork.objects.get(slug="nosferatu")
    tell_of_screen(screen)

    with django_assert_num_queries(1):
        told = client.get(f"/api/v1/screen-works/{screen.pk}/").json()

    metadata = told["metadata"]
    assert (metadata["source"], metadata["page"]) == ("tmdb", "https://www.themoviedb.org/movie/653")
    assert metadata["notice"] == "This product uses the TMDB API but is not endorsed or certified by TMDB."
    assert metadata["terms"].startswith("https://www.themoviedb.org/")
    assert (metadata["runtime"], metadata["genres"]) == (95, ["Horror", "Fantasy"])
    assert metadata["changed_at"].endswith("Z")
    assert "providers" not in metadata
    sources = {credit["role"]: credit["source"] for credit in told["credits"]}
    assert (sources["cast"], sources["director"]) == ("tmdb", "wikidata")


def test_a_work_has_what_open_library_tells_with_its_notice(client: Client) -> None:
    work = Work.objects.get(slug="dracula")
    tell_of_work(work, authors=[["OL31727A", "Bram Stoker"]])
    metadata = client.get(f"/api/v1/works/{work.pk}/").json()["metadata"]
    assert (metadata["source"], metadata["page"]) == ("open_library", "https://openlibrary.org/works/OL85892W")
    assert metadata["authors"] == [{"key": "OL31727A", "name": "Bram Stoker"}]
    assert (metadata["description"], metadata["written_here"]) == ("A count <moves> house.", [])


def test_what_a_person_wrote_instead_of_a_source_is_named(client: Client, django_user_model: type[User]) -> None:
    work = Work.objects.get(slug="dracula")
    tell_of_work(work)
    edit_entry(work.metadata, {"description": "Letters.", "first_year": 1897}, by=django_user_model.objects.create())
    metadata = client.get(f"/api/v1/works/{work.pk}/").json()["metadata"]
    assert (metadata["description"], metadata["written_here"]) == ("Letters.", ["description", "first_year"])


def test_without_metadata_there_is_none(client: Client) -> None:
    work, screen = Work.objects.get(slug="dracula"), ScreenWork.objects.get(slug="nosferatu")
    assert client.get(f"/api/v1/works/{work.pk}/").json()["metadata"] is None
    assert client.get(f"/api/v1/screen-works/{screen.pk}/").json()["metadata"] is None
