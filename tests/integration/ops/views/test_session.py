import pytest
from django.test import Client

from adaptapedia.accounts.models import User
from tests.integration.ops.samples import PASSWORD, make_person

PAGES = ["/ops/", "/ops/runs/", "/ops/runs/1/", "/ops/rejects/", "/ops/differences/", "/ops/clashes/"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, page: str) -> None:
    response = client.get(page)

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_is_told_why_the_page_is_closed(reader: Client, page: str) -> None:
    response = reader.get(page)

    assert response.status_code == 403
    assert "for moderators and administrators" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "goal"),
    [
        ("/ops/sign-in/", "/ops/"),
        ("/ops/sign-in/?next=/ops/rejects/%3Freason%3Dsame_item", "/ops/rejects/?reason=same_item"),
        ("/ops/sign-in/?next=https://evil.example/", "/ops/"),
        ("/ops/sign-in/?next=//evil.example/", "/ops/"),
        ("/admin/login/", "/admin/"),
        ("/admin/login/?next=/admin/accounts/user/", "/admin/accounts/user/"),
    ],
)
def test_there_is_one_way_in_and_it_leads_where_one_was_going(client: Client, asked: str, goal: str) -> None:
    make_person("ada", User.Role.MODERATOR, password=PASSWORD)

    way = client.get(asked)
    response = client.post(way["Location"], {"login": "ada", "password": PASSWORD})

    assert way["Location"].startswith("/accounts/login/?next=")
    assert response.status_code == 302
    assert response["Location"] == goal


@pytest.mark.parametrize("asked", ["/ops/sign-in/", "/admin/login/", "/admin/"])
def test_a_reader_who_is_signed_in_is_not_sent_round_in_circles(reader: Client, asked: str) -> None:
    assert reader.get(asked, follow=True).status_code == 403


def test_an_operator_who_is_signed_in_goes_straight_on(moderator: Client) -> None:
    assert moderator.get("/ops/sign-in/?next=/ops/runs/")["Location"] == "/ops/runs/"
    assert moderator.get("/admin/login/")["Location"] == "/admin/"


def test_signing_out_takes_a_post(moderator: Client) -> None:
    assert moderator.get("/ops/sign-out/").status_code == 405
    assert moderator.post("/ops/sign-out/").status_code == 302
    assert moderator.get("/ops/").status_code == 302


def test_operators_are_shown_the_way_to_the_admin(moderator: Client, administrator: Client) -> None:
    for operator in (moderator, administrator):
        assert 'href="/admin/"' in operator.get("/ops/").content.decode()
        assert operator.get("/admin/").status_code == 200
