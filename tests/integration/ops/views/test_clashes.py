from django.test import Client
from pytest_django import DjangoAssertNumQueries

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
