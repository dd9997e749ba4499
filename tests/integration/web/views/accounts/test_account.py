"""The overview, sessions, tokens, data, and the end of an account."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry as Change
from django.contrib.admin.models import LogEntry as Act
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from adaptapedia.accounts.deletion import LastAdministrator, delete_account
from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.models import Work
from adaptapedia.desk.changes import who as actor
from tests.integration.ops.samples import make_run
from tests.integration.web.views.accounts.people import (
    PASSWORD,
    confirm,
    give_second_factor,
    letter,
    link,
    make_member,
    signed_in,
)

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
OURS = ["", "sessions/", "data/", "delete/", "email/", "password/change/", "2fa/", "second-factor/"]


@pytest.mark.parametrize(
    "address", [*OURS, "2fa/totp/activate/", "2fa/recovery-codes/", "2fa/recovery-codes/download/"]
)
def test_strangers_are_sent_to_sign_in_and_back(client: Client, address: str) -> None:
    response = client.get(f"/accounts/{address}")
    assert response.status_code == 302
    assert response["Location"].startswith(f"/accounts/login/?next=/accounts/{address}".rstrip("/")) or response[
        "Location"
    ].startswith("/accounts/login/?next=%2Faccounts")


def test_the_overview_says_who_one_is_and_leads_everywhere(ada: Client) -> None:
    page = ada.get("/accounts/").content.decode()
    assert "ada@example.org" in page
    assert "signed in on one device" in page
    for address in ("email/", "password/change/", "2fa/", "sessions/", "data/", "delete/"):
        assert f'href="/accounts/{address}"' in page


# ---- sessions


def test_sessions_are_listed_in_words_and_ended_one_by_one() -> None:
    make_member("ada")
    here = signed_in("ada", headers={"User-Agent": FIREFOX})
    there = signed_in("ada", headers={"User-Agent": IPHONE})
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    zoned = re.findall(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC", page)
    assert len(zoned) == page.count("UTC") == 3, "when each began, and when the other was last used; each zone once"

    other = UserSession.objects.get(user_agent=IPHONE)
    assert here.post("/accounts/sessions/", {"session": other.pk})["Location"] == "/accounts/sessions/"

    assert there.get("/accounts/").status_code == 302
    assert here.get("/accounts/").status_code == 200


def test_all_others_end_at_once() -> None:
    make_member("ada")
    here, *others = (signed_in("ada") for _ in range(3))

    response = here.post("/accounts/sessions/", follow=True)

    assert "2 other sessions ended" in response.content.decode()
    assert [client.get("/accounts/").status_code for client in others] == [302, 302]
    assert here.get("/accounts/").status_code == 200


def test_ending_the_session_one_is_in_signs_out(ada: Client) -> None:
    assert ada.post("/accounts/sessions/", {"session": UserSession.objects.get().pk})["Location"] == "/accounts/login/"
    assert ada.get("/accounts/").status_code == 302


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x", "a\0b", "x" * 10_000])
def test_a_session_that_is_not_there_is_not_found(ada: Client, number: str) -> None:
    assert ada.post("/accounts/sessions/", {"session": number}).status_code == 404


def test_somebody_elses_session_is_not_there(ada: Client) -> None:
    make_member("grace")
    grace = signed_in("grace")
    theirs = UserSession.objects.get(user__username="grace")

    assert ada.post("/accounts/sessions/", {"session": theirs.pk}).status_code == 404

    assert grace.get("/accounts/").status_code == 200


def test_a_session_that_has_ended_leaves_the_list(ada: Client) -> None:
    signed_in("ada").post("/accounts/logout/")
    signed_in("ada")
    Session.objects.exclude(session_key=ada.session.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    assert "signed in on one device" in ada.get("/accounts/").content.decode()


def test_the_last_use_is_written_down_every_few_minutes_and_not_with_each_page(ada: Client) -> None:
    lately = timezone.now() - timedelta(minutes=4)
    UserSession.objects.update(last_seen_at=lately)
    ada.get("/accounts/")
    assert UserSession.objects.get().last_seen_at == lately

    UserSession.objects.update(last_seen_at=lately - timedelta(minutes=2))
    ada.get("/accounts/")
    assert UserSession.objects.get().last_seen_at > lately


# ---- tokens


def test_all_tokens_are_revoked_by_one_button(ada: Client) -> None:
    user = User.objects.get()
    RefreshToken.for_user(user)
    RefreshToken.for_user(user)
    assert "2 programs can get in" in ada.get("/accounts/").content.decode()

    response = ada.post("/accounts/tokens/revoke/", follow=True)

    assert "2 programs are signed out" in response.content.decode()
    assert "0 programs can get in" in response.content.decode()
    assert ada.get("/accounts/tokens/revoke/").status_code == 405


# ---- the address


def test_another_address_takes_the_place_of_the_first_once_it_is_confirmed(ada: Client) -> None:
    confirm(ada)
    ada.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    sent = letter()
    assert sent.to == ["new@example.org"]
    assert User.objects.get().email == "ada@example.org"
    assert "new@example.org is waiting" in ada.get("/accounts/email/").content.decode()

    assert ada.post(link(sent.body))["Location"] == "/accounts/"

    assert User.objects.get().email == "new@example.org"
    assert EmailAddress.objects.get().email == "new@example.org"
    told = letter()
    assert told.to == ["ada@example.org"]
    assert "from ada@example.org to new@example.org" in told.body


def test_changing_the_address_asks_for_the_password_first(ada: Client) -> None:
    response = ada.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})

    assert response["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert mail.outbox == []
    resumed = ada.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/email/"})
    assert resumed.status_code == 302
    assert letter().to == ["new@example.org"]


def test_a_change_can_be_taken_back_and_the_address_in_use_cannot_be_removed(ada: Client) -> None:
    confirm(ada)
    ada.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    ada.post("/accounts/email/", {"action_remove": "", "email": "new@example.org"})
    ada.post("/accounts/email/", {"action_remove": "", "email": "ada@example.org"})
    assert EmailAddress.objects.get().email == "ada@example.org"


@pytest.mark.parametrize("email", ["", "nobody", "ada@example.org", "a\0@example.org", "x" * 10_000 + "@example.org"])
def test_a_bad_address_is_refused_beside_the_field(ada: Client, email: str) -> None:
    confirm(ada)
    response = ada.post("/accounts/email/", {"action_add": "", "email": email})
    assert response.status_code == 422
    assert 'id="id_email_error"' in response.content.decode()


@pytest.mark.parametrize("action", ["action_remove", "action_send", "action_primary", "action_nonsense"])
@pytest.mark.parametrize("email", ["grace@example.org", "nonsense", "a\0"])
def test_somebody_elses_address_is_out_of_reach(ada: Client, action: str, email: str) -> None:
    make_member("grace")
    confirm(ada)
    assert ada.post("/accounts/email/", {action: "", "email": email}).status_code == 302
    assert EmailAddress.objects.filter(email="grace@example.org", user__username="grace", primary=True).exists()
    assert mail.outbox == []


def test_an_account_without_an_address_can_have_one(client: Client) -> None:
    User.objects.create_superuser("admin", password=PASSWORD)
    client = signed_in("admin")
    confirm(client)
    client.post("/accounts/email/", {"action_add": "", "email": "admin@example.org"})
    client.post(link(letter().body))
    assert User.objects.get().email == "admin@example.org"


# ---- the data


def test_everything_held_on_a_person_comes_as_one_file_and_no_secret_with_it(ada: Client) -> None:
    user = User.objects.get()
    codes = give_second_factor(user)
    token = RefreshToken.for_user(user)
    work = Work.objects.create(slug="w", title="W", title_language="en", sort_key="w", search_text="w")
    edit_entry(work, {"title": "The W"}, by=user)
    other = make_member("grace")
    edit_entry(
        Work.objects.create(slug="v", title="V", title_language="en", sort_key="v", search_text="v"),
        {"title": "The V"},
        by=other,
    )
    asked = ada.get("/accounts/data/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    confirm(ada)

    response = ada.get("/accounts/data/")

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    held = json.loads(response.content)
    assert held["account"]["user_name"] == "ada"
    assert held["email_addresses"] == [{"email": "ada@example.org", "verified": True, "primary": True}]
    assert len(held["sessions"]) == 1
    assert len(held["tokens"]) == 1
    assert [factor["type"] for factor in held["second_factors"]] == ["totp", "recovery_codes"]
    assert [(edit["kind"], edit["slug"], list(edit["fields"])) for edit in held["edits"]] == [("work", "w", ["title"])]
    text = response.content.decode()
    (told,) = [change for change in held["changes_to_the_account"] if change["action"] == Change.Action.CREATE]
    assert told["object_repr"] == "ada"
    for secret in (user.password, ada.session.session_key, str(token), "JBSWY3DPEHPK3PXP", *codes, "grace"):
        assert secret not in text


def test_the_file_says_what_one_changed_and_from_where_and_nothing_of_others(ada: Client) -> None:
    user = User.objects.get()
    make_member("grace")
    theirs = Change.objects.get(object_repr="grace", action=Change.Action.CREATE)
    Change.objects.filter(pk=theirs.pk).update(actor=user, remote_addr="203.0.113.7")
    confirm(ada)

    response = ada.get("/accounts/data/")

    (act,) = json.loads(response.content)["changes_by_you"]
    assert (act["content_type__model"], act["object_pk"], act["remote_addr"]) == (
        "user",
        theirs.object_pk,
        "203.0.113.7",
    )
    assert "grace" not in response.content.decode()


# ---- the end


def gone(client: Client, **changes: str) -> Any:
    return client.post("/accounts/delete/", {"password": PASSWORD, "name": "ada", **changes})


def test_the_account_goes_with_everything_of_its_own_and_the_edits_stay(ada: Client) -> None:
    user = User.objects.get()
    elsewhere = signed_in("ada")
    RefreshToken.for_user(user)
    give_second_factor(user)
    run = make_run()
    work = Work.objects.create(slug="w", title="W", title_language="en", sort_key="w", search_text="w")
    edit_entry(work, {"title": "The W"}, by=user)
    Change.objects.get_for_object(work).update(actor=user, remote_addr="203.0.113.7", additional_data={"by": user.pk})
    kind = ContentType.objects.get_for_model(User)
    root = User.objects.create_user("root", role="moderator")
    act = Act.objects.create(user=root, content_type=kind, object_id=user.pk, object_repr="ada", action_flag=2)
    assert Change.objects.get_for_model(User).filter(object_pk=user.pk).exists()

    assert gone(ada)["Location"] == "/accounts/deleted/"

    assert not Change.objects.get_for_model(User).filter(object_pk=user.pk).exists()
    assert not Change.objects.filter(object_repr="ada").exists()
    assert not Change.objects.filter(remote_addr="203.0.113.7").exists()
    act.refresh_from_db()
    assert act.object_repr == f"account {user.pk}"
    assert actor(Change.objects.get_for_object(work).first()) == f"somebody who has gone (account {user.pk})"
    root.delete()

    assert "The account is gone" in ada.get("/accounts/deleted/").content.decode()
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    assert not UserSession.objects.exists()
    assert elsewhere.get("/accounts/").status_code == 302
    assert OutstandingToken.objects.get().user is None
    assert BlacklistedToken.objects.count() == 1
    work.refresh_from_db()
    assert work.title == "The W"
    assert work.locks
    run.refresh_from_db()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "This is not your password"),
        ({"password": ""}, "This field is required"),
        ({"name": "Ada"}, "This is not your user name"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 10_000}, "at most 1000"),
        ({"password": "a\0"}, "Null characters"),
    ],
)
def test_nothing_goes_by_a_slip(ada: Client, changes: dict[str, str], said: str) -> None:
    response = gone(ada, **changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert User.objects.exists()


def test_guessing_the_password_there_is_stopped_too(ada: Client) -> None:
    for _ in range(5):
        gone(ada, password="wrong")
    assert gone(ada).status_code == 429
    assert User.objects.exists()


def test_the_last_administrator_stays() -> None:
    make_member("ada", "administrator")
    client = signed_in("ada")
    assert "the only administrator" in client.get("/accounts/delete/").content.decode()

    assert gone(client).status_code == 409
    assert User.objects.exists()

    make_member("grace", "administrator")
    assert gone(client).status_code == 302
    assert User.objects.get().username == "grace"


def test_an_administrator_whose_account_is_closed_does_not_count() -> None:
    make_member("grace", "administrator", is_active=False)
    with pytest.raises(LastAdministrator):
        delete_account(make_member("ada", "administrator"))


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_leave_at_once_one_stays() -> None:
    people = [make_member(name, "administrator") for name in ("ada", "grace")]

    def leave(user: User) -> str:
        try:
            delete_account(user)
        except LastAdministrator:
            return "stayed"
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(leave, people)) == ["left", "stayed"]
    assert User.objects.count() == 1
