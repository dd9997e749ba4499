import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from adaptapedia.ingest.models import Reject
from adaptapedia.ops.paging import PAGE
from tests.integration.ops.samples import make_rejects

KEYS = ["Q1>Q2", "Q2>Q3", "Q2#tt12", "Q2", "Q22>Q4", "Q5>Q12"]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def make(*keys: str, reason: str = "screen_without_name") -> None:
    Reject.objects.bulk_create(Reject(source="wikidata", key=key, reason=reason) for key in keys)


def shown(client: Client, query: str) -> list[str]:
    response = client.get(f"/ops/rejects/{query}")
    return sorted(reject.key for reject in response.context["page"].rows)


def test_without_rejects_the_page_says_when_they_come(moderator: Client) -> None:
    assert "No rejects." in text_of(moderator, "/ops/rejects/")


def test_reasons_are_counted_and_filter(moderator: Client) -> None:
    make("Q1>Q2", "Q3>Q4")
    make("Q5>Q5", reason="same_item")

    page = text_of(moderator, "/ops/rejects/?reason=same_item")

    assert 'data-count="3"' in page
    assert 'data-count="2"' in page
    assert shown(moderator, "?reason=same_item") == ["Q5>Q5"]


@pytest.mark.parametrize("asked", ["Q2", "q2", "2", "https://www.wikidata.org/wiki/Q2"])
def test_an_item_is_found_on_either_side_and_alone(moderator: Client, asked: str) -> None:
    make(*KEYS)

    assert shown(moderator, f"?item={asked}") == ["Q1>Q2", "Q2", "Q2#tt12", "Q2>Q3"]


def test_what_is_no_item_is_said_beside_the_field_and_kept(moderator: Client) -> None:
    make(*KEYS)

    page = text_of(moderator, "/ops/rejects/?item=Dracula")

    assert "An item is a Q and a number, such as Q42." in page
    assert 'value="Dracula"' in page


def test_items_lead_to_wikidata_and_payloads_can_be_read(moderator: Client) -> None:
    make_rejects(5)

    page = text_of(moderator, "/ops/rejects/")

    assert 'href="https://www.wikidata.org/wiki/Q900001"' in page
    assert "<bdi>羅生門 → Q900001</bdi>" in page
    assert "&quot;classes&quot;" in page


def test_every_reject_is_on_exactly_one_page(moderator: Client) -> None:
    make_rejects(2 * PAGE + 7)
    seen: list[int] = []
    query = ""
    while query is not None:
        page = moderator.get(f"/ops/rejects/{query}").context["page"]
        seen += [reject.pk for reject in page.rows]
        query = f"?before={page.older}" if page.older else None

    assert len(seen) == len(set(seen)) == 2 * PAGE + 7


def test_few_queries_however_many_rejects(
    moderator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_rejects(5_000)

    with django_assert_max_num_queries(12):
        text_of(moderator, "/ops/rejects/?reason=same_item")
