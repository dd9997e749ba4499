import pytest
from django.test import Client

from adaptapedia.accounts.models import User
from tests.integration.ops.samples import PASSWORD, make_person

PAGES = ["/ops/", "/ops/runs/", "/ops/runs/1/", "/ops/rejects/", "/ops/clashes/"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, page: str) -> None:
    response = client.get(page)

    assert response.status_code == 302
    assert response["Location"] == f"/ops/sign-in/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_is_told_why_the_page_is_closed(reader: Client, page: str) -> None:
    response = reader.get(page)

    assert response.status_code == 403
    assert "for moderators and administrators" in response.content.decode()


@pytest.mark.django_db
def test_signing_in_leads_where_one_was_going(client: Client) -> None:
    make_person("ada", User.Role.MODERATOR, password=PASSWORD)

    response = client.post(
        "/ops/sign-in/", {"username": "ada", "password": PASSWORD, "next": "/ops/rejects/?reason=same_item"}
    )

    assert response.status_code == 302
    assert response["Location"] == "/ops/rejects/?reason=same_item"


@pytest.mark.django_db
def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    make_person("ada", User.Role.MODERATOR, password=PASSWORD)

    response = client.post("/ops/sign-in/", {"username": "ada", "password": PASSWORD, "next": "https://evil.example/"})

    assert response["Location"] == "/ops/"


@pytest.mark.django_db
def test_a_wrong_password_keeps_the_name_and_says_what_is_wrong(client: Client) -> None:
    make_person("ada", User.Role.MODERATOR, password=PASSWORD)

    response = client.post("/ops/sign-in/", {"username": "ada", "password": "wrong"})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'role="alert"' in page
    assert 'value="ada"' in page


def test_signing_out_takes_a_post(moderator: Client) -> None:
    assert moderator.get("/ops/sign-out/").status_code == 405
    assert moderator.post("/ops/sign-out/").status_code == 302
    assert moderator.get("/ops/").status_code == 302


def test_only_administrators_are_shown_the_way_to_the_admin(moderator: Client, administrator: Client) -> None:
    assert 'href="/admin/"' not in moderator.get("/ops/").content.decode()
    assert 'href="/admin/"' in administrator.get("/ops/").content.decode()
