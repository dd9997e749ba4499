"""Signing in and out, guesses, the way on."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Work
from tests.integration.web.views.accounts.people import PASSWORD, make_member, signed_in

pytestmark = pytest.mark.django_db


def sign_in(client: Client, login: str = "ada", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "Ada@Example.org", " ada "])
def test_the_name_or_the_address_will_do(client: Client, login: str) -> None:
    make_member("ada")
    assert sign_in(client, login)["Location"] == "/"
    assert client.get("/accounts/").status_code == 200


@pytest.mark.parametrize(
    ("role", "goal"), [("moderator", "/ops/"), ("administrator", "/ops/"), ("trusted_editor", "/")]
)
def test_operators_go_to_their_pages_and_others_to_the_front(client: Client, role: str, goal: str) -> None:
    make_member("ada", role)
    assert sign_in(client)["Location"] == goal


@pytest.mark.parametrize(
    ("asked", "goal"),
    [
        ("/statistics/", "/statistics/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: b=c", "/a%0D%0ASet-Cookie:%20b=c"),
    ],
)
def test_the_way_on_stays_on_this_site(client: Client, asked: str, goal: str) -> None:
    make_member("ada")
    response = sign_in(client, next=asked)
    assert response["Location"] == goal
    assert "b" not in response.cookies


def test_the_first_administrator_needs_no_address(client: Client) -> None:
    User.objects.create_superuser("admin", password=PASSWORD)

    assert sign_in(client, "admin")["Location"] == "/ops/"

    assert client.get("/ops/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert mail.outbox == []


def test_an_administrator_made_with_an_address_is_not_shut_out_by_mail(client: Client) -> None:
    User.objects.create_superuser("admin", "admin@example.org", PASSWORD)
    sign_in(client, "admin")
    client.get("/accounts/email/")  # from now on allauth knows of the address, which nobody has verified

    assert sign_in(Client(), "admin")["Location"] == "/ops/"


def test_a_closed_account_is_told_so_after_the_right_password_only(client: Client) -> None:
    make_member("ada", is_active=False)
    assert sign_in(client)["Location"] == "/accounts/inactive/"
    assert "closed" in client.get("/accounts/inactive/").content.decode()
    assert sign_in(client, password="wrong").status_code == 422


@pytest.mark.parametrize("login", ["ada", "nobody", "ada@example.org", "nobody@example.org"])
def test_a_wrong_password_says_the_same_whether_or_not_there_is_such_an_account(client: Client, login: str) -> None:
    make_member("ada")
    response = sign_in(client, login, "wrong")
    page = response.content.decode()
    assert response.status_code == 422
    assert "password is not right" in page
    assert 'role="alert"' in page
    assert f'value="{login}"' in page


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"login": "", "password": ""},
        {"login": "a\0", "password": "b"},
        {"login": "a", "password": "b\0"},
        {"login": "x" * 10_000, "password": "y" * 10_000},
        {"login": "🦉", "password": "🦉"},
        {"login": ["a", "b"], "password": "c"},
    ],
)
def test_nonsense_is_a_fault_of_a_field(client: Client, form: dict[str, Any]) -> None:
    assert client.post("/accounts/login/", form).status_code == 422


def test_guessing_one_account_is_stopped_and_the_right_password_waits_too(client: Client) -> None:
    make_member("ada")
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 422

    response = sign_in(client)

    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert "Too many tries" in response.content.decode()
    make_member("grace")
    assert sign_in(Client(), "grace").status_code == 302


def test_guessing_from_one_address_is_stopped_whatever_the_account(client: Client) -> None:
    for number in range(20):
        assert sign_in(client, f"somebody{number}", "wrong").status_code == 422
    assert sign_in(client, "somebody-else", "wrong").status_code == 429


def test_behind_a_proxy_the_address_is_what_the_proxy_saw(settings: Any) -> None:
    settings.BEHIND_A_PROXY = True
    for number in range(20):
        forged = f"198.51.100.{number}, 203.0.113.7"
        sign_in(Client(headers={"X-Forwarded-For": forged}), f"somebody{number}", "wrong")
    assert sign_in(Client(headers={"X-Forwarded-For": "203.0.113.7"}), "a", "wrong").status_code == 429
    assert sign_in(Client(headers={"X-Forwarded-For": "203.0.113.8"}), "a", "wrong").status_code == 422


def test_without_a_proxy_nobody_says_where_they_are() -> None:
    make_member("ada")
    signed_in("ada", headers={"X-Forwarded-For": "198.51.100.1"})
    assert UserSession.objects.get().ip == "127.0.0.1"


def test_without_the_cache_nobody_is_let_in_and_the_page_says_why(client: Client, settings: Any) -> None:
    make_member("ada")
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }

    for address in ("login", "signup", "password/reset"):
        assert client.get(f"/accounts/{address}/").status_code == 200
    response = sign_in(client)

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Not right now" in response.content.decode()


def test_the_session_gets_a_new_key_at_sign_in(client: Client) -> None:
    make_member("ada")
    client.get("/accounts/login/?next=/about/")
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    sign_in(client)

    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(("remember", "kept"), [("on", True), ("", False)])
def test_the_cookie_outlives_the_browser_only_where_it_was_asked_for(client: Client, remember: str, kept: bool) -> None:
    make_member("ada")
    sign_in(client, remember=remember)
    assert bool(client.cookies["sessionid"]["max-age"]) is kept
    assert client.cookies["sessionid"]["httponly"]


def test_signing_out_asks_first_and_takes_a_post(ada: Client) -> None:
    assert "Sign out?" in ada.get("/accounts/logout/").content.decode()
    assert ada.get("/accounts/").status_code == 200

    assert ada.post("/accounts/logout/")["Location"] == "/"

    assert ada.get("/accounts/").status_code == 302
    assert not UserSession.objects.exists()


def test_a_form_from_another_site_does_nothing(client: Client) -> None:
    make_member("ada")
    strict = Client(enforce_csrf_checks=True)
    for address in ("login", "signup", "password/reset", "logout", "delete", "tokens/revoke", "sessions"):
        assert strict.post(f"/accounts/{address}/", {"login": "ada", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize("address", ["", "login/", "signup/", "password/reset/", "email/", "sessions/", "delete/"])
def test_no_cache_keeps_a_page_of_an_account(ada: Client, address: str) -> None:
    assert "no-store" in ada.get(f"/accounts/{address}")["Cache-Control"]


@pytest.mark.parametrize("address", ["/", "/book/dune/", "/about/"])
def test_public_pages_stay_public_for_those_who_are_signed_in_nowhere(client: Client, address: str) -> None:
    Work.objects.create(slug="dune", title="Dune", title_language="en", sort_key="dune", search_text="dune")
    response = client.get(address)
    assert response.status_code == 200
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    cache.clear()
