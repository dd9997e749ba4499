"""The app, its codes, the recovery codes, and who must have one."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from adaptapedia.accounts.models import User
from adaptapedia.api.problems import Problem
from adaptapedia.api.tokens import issue, owner_of_access, rotate
from tests.integration.web.views.accounts.people import (
    PASSWORD,
    code_now,
    confirm,
    give_second_factor,
    has_factor,
    letter,
    make_member,
    signed_in,
)

pytestmark = pytest.mark.django_db


def half_in() -> Client:
    """Past the password, before the code."""
    client = Client()
    assert (
        client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})["Location"]
        == "/accounts/2fa/authenticate/"
    )
    return client


def give_code(client: Client, code: str) -> Any:
    return client.post("/accounts/2fa/authenticate/", {"code": code})


@pytest.mark.django_db(transaction=True)
def test_the_app_is_set_up_and_the_recovery_codes_are_there(ada: Client) -> None:
    elsewhere = signed_in("ada")
    program = issue(User.objects.get())
    assert ada.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    confirm(ada)
    page = ada.get("/accounts/2fa/totp/activate/").content.decode()
    secret = ada.session["mfa.totp.secret"]
    assert 'src="data:image/svg+xml;base64,' in page
    assert secret[:4] in page

    response = ada.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)})

    assert response.status_code == 302
    assert has_factor(User.objects.get())
    assert letter().subject == "The second factor was turned on"
    assert elsewhere.get("/accounts/").status_code == 302
    with pytest.raises(Problem):
        owner_of_access(program.access)
    with pytest.raises(Problem):
        rotate(program.refresh)
    codes = ada.get("/accounts/2fa/recovery-codes/")
    assert codes.content.decode().count("<li><code>") == 10
    file = ada.get("/accounts/2fa/recovery-codes/download/")
    assert file["Content-Disposition"].startswith("attachment")
    assert len(file.content.split()) == 10


@pytest.mark.parametrize("code", ["", "000000", "abc", "9" * 10_000, "1\0", "🦉"])
def test_a_wrong_first_code_sets_nothing_up(ada: Client, code: str) -> None:
    confirm(ada)
    ada.get("/accounts/2fa/totp/activate/")
    response = ada.post("/accounts/2fa/totp/activate/", {"code": code})
    assert response.status_code == 422
    assert not has_factor(User.objects.get())


def test_signing_in_takes_the_code_as_well(db: None) -> None:
    give_second_factor(make_member("ada"))
    client = half_in()
    assert client.get("/accounts/").status_code == 302
    assert client.get("/accounts/2fa/authenticate/").status_code == 200

    assert give_code(client, code_now())["Location"] == "/"

    assert client.get("/accounts/").status_code == 200


def test_a_code_works_once() -> None:
    give_second_factor(make_member("ada"))
    code = code_now()
    give_code(half_in(), code)

    replayed = give_code(half_in(), code)

    assert replayed.status_code == 422
    assert "has been used" in replayed.content.decode()


def test_a_recovery_code_works_once() -> None:
    first, *_ = give_second_factor(make_member("ada"))
    assert give_code(half_in(), first).status_code == 302

    assert "has been used" in give_code(half_in(), first).content.decode()


def test_guessing_codes_is_stopped() -> None:
    give_second_factor(make_member("ada"))
    client = half_in()
    for guess in range(5):
        assert give_code(client, f"{guess:06}").status_code == 422
    assert give_code(client, code_now()).status_code == 429


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"code": "x" * 10_000}, {"code": "1\0"}, {"credential": "{}"}])
def test_nonsense_instead_of_a_code_is_a_fault(form: dict[str, str]) -> None:
    give_second_factor(make_member("ada"))
    response = half_in().post("/accounts/2fa/authenticate/", form)
    assert response.status_code == 422


def test_the_page_for_the_code_is_for_those_who_gave_the_password(client: Client) -> None:
    assert client.get("/accounts/2fa/authenticate/")["Location"] == "/accounts/login/"
    assert client.post("/accounts/2fa/authenticate/", {"code": "1"})["Location"] == "/accounts/login/"


def test_a_half_opened_door_closes_after_a_while(settings: Any) -> None:
    give_second_factor(make_member("ada"))
    client = half_in()
    settings.ACCOUNT_LOGIN_TIMEOUT = 0
    assert give_code(client, code_now())["Location"] == "/accounts/login/"


def test_turning_it_off_takes_the_password_and_is_told_by_mail() -> None:
    give_second_factor(make_member("ada"))
    client = half_in()
    give_code(client, code_now())
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/reauthenticate/")
    confirm(client)
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200

    client.post("/accounts/2fa/totp/deactivate/")

    assert not has_factor(User.objects.get())
    assert letter().subject == "The second factor was turned off"
    assert signed_in("ada").get("/accounts/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_end_the_old() -> None:
    first, *_ = give_second_factor(make_member("ada"))
    client = half_in()
    give_code(client, code_now())
    confirm(client)
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert letter().subject == "New recovery codes were made"

    assert "has been used" in give_code(half_in(), first).content.decode()


def test_without_a_factor_there_are_no_codes_to_see(ada: Client) -> None:
    confirm(ada)
    assert ada.get("/accounts/2fa/recovery-codes/").status_code == 404
    assert ada.get("/accounts/2fa/recovery-codes/download/").status_code == 404
    assert ada.post("/accounts/2fa/recovery-codes/generate/").status_code == 422
    assert ada.get("/accounts/2fa/totp/deactivate/").status_code in {302, 404}


def test_the_address_can_be_changed_with_a_factor(ada: Client) -> None:
    give_second_factor(User.objects.get())
    confirm(ada)
    ada.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert letter().to == ["new@example.org"]


# ---- operators


@pytest.fixture
def behind_tls(settings: Any) -> None:
    settings.OPERATORS_NEED_SECOND_FACTOR = True


@pytest.mark.parametrize("role", ["moderator", "administrator"])
@pytest.mark.parametrize("page", ["/ops/", "/ops/runs/?state=failed", "/admin/", "/admin/accounts/user/"])
def test_operators_without_a_factor_are_led_to_set_one_up(behind_tls: None, role: str, page: str) -> None:
    make_member("ada", role)
    client = signed_in("ada")

    response = client.get(page)

    assert response["Location"].startswith("/accounts/second-factor/?next=/")
    told = client.get(response["Location"]).content.decode()
    assert 'href="/accounts/2fa/totp/activate/"' in told
    assert client.get("/").status_code == 200


def test_with_a_factor_they_are_in(behind_tls: None) -> None:
    give_second_factor(make_member("ada", "administrator"))
    client = half_in()
    give_code(client, code_now())
    assert client.get("/ops/").status_code == 200
    assert client.get("/accounts/second-factor/")["Location"] == "/accounts/"


def test_operators_cannot_turn_it_off(behind_tls: None) -> None:
    user = make_member("ada", "moderator")
    give_second_factor(user)
    client = half_in()
    give_code(client, code_now())
    confirm(client)
    assert "must have one" in client.get("/accounts/2fa/totp/deactivate/").content.decode()
    client.post("/accounts/2fa/totp/deactivate/")
    assert has_factor(user)


def test_the_embedded_default_asks_for_none(ada: Client) -> None:
    make_member("grace", "administrator")
    assert signed_in("grace").get("/ops/").status_code == 200
    assert ada.get("/accounts/second-factor/")["Location"] == "/accounts/"
    assert mail.outbox == []
