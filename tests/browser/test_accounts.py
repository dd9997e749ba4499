"""The pages of /accounts/ as people see them, from the sign-up to the end."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from adaptapedia.accounts.models import User
from tests.browser.conftest import Open
from tests.browser.looks import Look, look_over
from tests.integration.web.views.accounts.people import (
    OTHER_PASSWORD,
    PASSWORD,
    code_now,
    give_second_factor,
    letter,
    link,
    make_member,
)
from tests.integration.web.views.accounts.test_letters import KINDS, letter_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unguessed(settings: Any) -> Iterator[None]:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip", "signup": "1000/h/ip"}
    cache.clear()
    yield
    cache.clear()


def sign_in(page: Page, name: str = "ada", password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_somebody_signs_up_with_the_link_from_the_mail(open_page: Open, script: bool) -> None:
    page = open_page("/accounts/signup/", script=script)
    page.get_by_label("User name").fill("grace")
    page.get_by_label("E-mail address").fill("grace@example.org")
    page.get_by_label("Password").fill("12345678")
    page.get_by_role("button", name="Sign up").click()
    expect(page.locator(".field-fault")).to_contain_text("too common")
    expect(page.get_by_label("User name")).to_have_value("grace")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")

    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail.")
    page.goto(link(letter().body))
    page.get_by_role("button", name="Yes, confirm it").click()

    page.goto("/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("grace")
    expect(page.get_by_text("grace@example.org", exact=True)).to_be_visible()


def test_somebody_sets_a_new_password_with_the_link_from_the_mail(open_page: Open) -> None:
    make_member("ada")
    page = open_page("/accounts/login/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail.")
    page.goto(link(letter().body))
    page.get_by_label("New password", exact=True).fill(OTHER_PASSWORD)
    page.get_by_label("New password, once more").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The new password holds.")

    sign_in(page, password=OTHER_PASSWORD)

    expect(page).to_have_url(re.compile(r"/$"))
    page.goto("/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("ada")


def test_the_second_factor_is_set_up_and_asked_for(open_page: Open) -> None:
    make_member("ada")
    page = open_page("/accounts/login/")
    sign_in(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    drawn = page.locator("img.qr").evaluate("picture => picture.complete && picture.naturalWidth > 100")
    assert drawn
    secret = page.locator("figcaption code").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_now(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("The second factor is on.")).to_be_visible()

    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("And the code.")
    cache.clear()  # the code that set it up holds once more
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Sign in").click()

    page.goto("/accounts/")
    expect(page.get_by_text("On: signing in takes a code")).to_be_visible()


def test_sessions_end_and_the_account_is_deleted(open_page: Open) -> None:
    make_member("ada")
    there = open_page("/accounts/login/")
    sign_in(there)
    here = open_page("/accounts/login/")
    sign_in(here)
    here.goto("/accounts/sessions/")
    expect(here.locator(".sessions > li")).to_have_count(2)
    here.get_by_role("button", name="End all others").click()
    expect(here.locator(".sessions > li")).to_have_count(1)
    there.goto("/accounts/")
    expect(there).to_have_url(re.compile(r"/accounts/login/\?next=/accounts/$"))

    here.goto("/accounts/delete/")
    here.get_by_label("Password").fill(PASSWORD)
    here.get_by_label("Your user name, typed out").fill("ada")
    here.get_by_role("button", name="Delete the account for good").click()
    expect(here.get_by_role("heading", level=1)).to_have_text("The account is gone.")
    assert not User.objects.exists()


def test_the_data_are_downloaded_as_a_file(open_page: Open) -> None:
    make_member("ada")
    page = open_page("/accounts/login/")
    sign_in(page)
    page.goto("/accounts/")
    page.get_by_role("link", name="Download it").click()
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_download() as started:
        page.get_by_role("button", name="Go on").click()
    assert started.value.suggested_filename.startswith("adaptapedia-account-")


def strangers_pages() -> dict[str, str]:
    return {
        "login": "/accounts/login/",
        "signup": "/accounts/signup/",
        "verification-sent": "/accounts/confirm-email/",
        "bad-link": "/accounts/confirm-email/nonsense/",
        "forgotten": "/accounts/password/reset/",
        "forgotten-sent": "/accounts/password/reset/done/",
        "bad-reset": "/accounts/password/reset/key/1-nonsense/",
        "reset-done": "/accounts/password/reset/key/done/",
        "inactive": "/accounts/inactive/",
        "deleted": "/accounts/deleted/",
    }


def members_pages() -> dict[str, str]:
    return {
        "account": "/accounts/",
        "sessions": "/accounts/sessions/",
        "email": "/accounts/email/",
        "password": "/accounts/password/change/",
        "delete": "/accounts/delete/",
        "logout": "/accounts/logout/",
        "second-factor-off": "/accounts/2fa/",
        "reauthenticate": "/accounts/reauthenticate/",
    }


def confirmed_pages() -> dict[str, str]:
    """After the account said once more that it is they."""
    return {"totp": "/accounts/2fa/totp/activate/"}


def with_factor_pages() -> dict[str, str]:
    return {
        "second-factor-on": "/accounts/2fa/",
        "recovery-codes": "/accounts/2fa/recovery-codes/",
        "recovery-codes-new": "/accounts/2fa/recovery-codes/generate/",
        "totp-off": "/accounts/2fa/totp/deactivate/",
        "code-again": "/accounts/2fa/reauthenticate/",
    }


def test_every_page_fits_can_be_read_and_has_nothing_for_axe_to_find(open_page: Open, settings: Any) -> None:
    user = make_member("ada", "moderator")
    page = open_page("/accounts/login/")
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(look_over(page, f"accounts-{name}"))

    def visit(addresses: dict[str, str]) -> None:
        for name, address in addresses.items():
            page.goto(address)
            look(name)

    visit(strangers_pages())
    page.goto("/accounts/signup/")
    page.get_by_role("button", name="Sign up").click()
    look("signup-faults")
    Client().post("/accounts/password/reset/", {"email": "ada@example.org"})
    page.goto(link(letter().body))
    look("reset")
    sign_in(page, password="wrong")
    look("login-faults")
    sign_in(page)
    visit(members_pages())
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    page.goto("/ops/")
    look("second-factor-required")
    settings.OPERATORS_NEED_SECOND_FACTOR = False
    page.goto("/accounts/reauthenticate/?next=/accounts/email/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("New e-mail address").fill("new@example.org")
    page.get_by_role("button", name="Send the link").click()
    look("email-pending")
    page.goto(link(letter().body))
    look("confirm")
    visit(confirmed_pages())
    give_second_factor(user)
    visit(with_factor_pages())
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page)
    look("code")
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/h/ip"}
    page.context.clear_cookies()
    sign_in(page)
    page.context.clear_cookies()
    sign_in(page)
    look("too-many")
    assert faults == []
    assert mail.outbox == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_there_to_be_looked_at(open_page: Open, kind: str) -> None:
    ((html, _),) = letter_of(kind).alternatives
    page = open_page("about:blank")
    page.set_content(html)
    looks = (Look(390), Look(1280, axe=True, colours=True))
    assert look_over(page, f"letter-{kind.rsplit('/', 1)[1]}", looks) == []
