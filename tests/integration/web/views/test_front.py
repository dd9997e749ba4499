import pytest
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries

from tests.integration.ops.samples import make_clash


@pytest.mark.django_db
def test_the_front_page_says_what_this_is_with_four_figures_in_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_clash()

    with django_assert_num_queries(1):
        page = client.get("/").content.decode()

    assert "Books, and what the screen made of them." in page
    assert '<dt class="kicker">screen works</dt><dd>2</dd>' in page
    assert 'href="/ops/"' in page


@pytest.mark.django_db
def test_an_address_without_a_page_is_404_in_the_look(client: Client) -> None:
    response = client.get("/book/nowhere/")

    assert response.status_code == 404
    assert "Not in this edition." in response.content.decode()


@pytest.mark.django_db
def test_the_page_of_a_breakdown_needs_no_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = server_error(rf.get("/ops/"))

    assert response.status_code == 500
    assert b'href="/readyz"' in response.content
