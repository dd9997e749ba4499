"""The pages about the API: examples as they are at this site, and nothing of one reader for another."""

import json

import pytest
from django.test import Client

from adaptapedia.api.reference import operation_of

pytestmark = pytest.mark.django_db


def test_examples_lead_to_the_site_that_shows_them(api: Client) -> None:
    page = api.get("/api/v1/docs/", headers={"Host": "localhost:8765"}).content.decode()
    assert "curl http://localhost:8765/api/v1/works/12/" in page
    assert "&quot;page&quot;: &quot;http://localhost:8765/book/frankenstein/&quot;" in page
    assert "adaptapedia.example" not in page


def test_the_example_of_the_root_is_what_the_root_says(api: Client) -> None:
    root = operation_of("root_read")
    assert root is not None
    assert json.loads(root.at("http://testserver/").answer) == api.get("/api/v1/").json()


@pytest.mark.parametrize("address", ["docs/", "problems/", "problems/gone/"])
def test_a_page_that_may_show_a_name_is_kept_by_nobody_else(api: Client, address: str) -> None:
    answer = api.get(f"/api/v1/{address}")
    assert answer.status_code == 200
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "Cookie" in answer["Vary"]
