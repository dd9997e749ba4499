import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.models import ScreenExternalId, ScreenWork
from adaptapedia.ops.views import clashes
from tests.integration.ops.samples import make_clash


def test_without_clashes_the_page_says_so(moderator: Client) -> None:
    assert "No two entries claim the same id." in moderator.get("/ops/clashes/").content.decode()


def test_entries_that_share_an_id_stand_together_in_their_languages(
    moderator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_clash()

    with django_assert_max_num_queries(12):
        page = moderator.get("/ops/clashes/").content.decode()

    assert "IMDb" in page
    assert "tt0013442" in page
    assert 'lang="ar" dir="auto"' in page
    assert "https://www.wikidata.org/wiki/Q151599" in page


def test_no_more_clashes_are_read_than_are_shown_and_the_page_says_that_there_are_more(
    moderator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clashes, "SHOWN", 1)
    make_clash()
    for value in ("tt2", "tt3", "tt4"):
        for entry in ScreenWork.objects.all():
            ScreenExternalId.objects.create(screen_work=entry, scheme="imdb", value=value)

    with CaptureQueriesContext(connection) as made:
        page = moderator.get("/ops/clashes/").content.decode()

    assert page.count('class="tight claimants"') == 1
    assert "There are more; these are the first." in page
    asked = [query["sql"] for query in made if "screenexternalid" in query["sql"]]
    assert len(asked) == 2
    assert "LIMIT 2" in asked[0]
    assert "tt2" in asked[1]
    assert "tt3" not in asked[1]
