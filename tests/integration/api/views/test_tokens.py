"""Tokens for programs: obtained, refreshed once each, revoked; forged, expired and reused ones refused."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from adaptapedia.accounts.models import User
from adaptapedia.accounts.tokens import revoke_tokens
from adaptapedia.api import tokens
from tests.integration.web.views.accounts.people import SECRET, code_now

pytestmark = pytest.mark.django_db

PASSWORD = "a lantern in the library"
TOKEN = "/api/v1/token/"


def make_reader(name: str = "mary", *, role: str = "user", verified: bool = True) -> User:
    user = User.objects.create_user(name, f"{name}@adaptapedia.example", PASSWORD, role=role)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def post(api: Client, address: str, body: Any = None, **terms: Any) -> HttpResponse:
    return api.post(address, body, content_type="application/json", **terms)


def sign_in(api: Client, **given: str) -> HttpResponse:
    return post(api, TOKEN, {"username": "mary", "password": PASSWORD, **given})


def refresh(api: Client, token: str) -> HttpResponse:
    return post(api, f"{TOKEN}refresh/", {"refresh": token})


def read_with(api: Client, access: str) -> HttpResponse:
    return api.get("/api/v1/", headers={"Authorization": f"Bearer {access}"})


def kind(answer: HttpResponse) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, json.loads(answer.content)["type"].split("/")[-2]


@pytest.mark.parametrize("name", ["mary", "mary@adaptapedia.example", "MARY@adaptapedia.example"])
def test_somebody_gets_tokens_by_name_or_address_and_reads_with_them(api: Client, name: str) -> None:
    make_reader()
    answer = sign_in(api, username=name)
    assert answer.status_code == 200, answer.content
    pair = answer.json()
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 900)
    assert answer["Cache-Control"] == "no-store"
    read = read_with(api, pair["access"])
    assert (read.status_code, read["RateLimit-Limit"]) == (200, "1200")


@pytest.mark.parametrize("given", [{"password": "wrong"}, {"username": "nobody"}, {"username": "nobody@x.example"}])
def test_a_wrong_name_and_a_wrong_password_are_told_alike(api: Client, given: dict[str, str]) -> None:
    make_reader()
    assert kind(sign_in(api, **given)) == (401, "sign-in-failed")


def test_a_closed_account_gets_no_tokens_and_its_tokens_end(api: Client) -> None:
    user = make_reader()
    pair = sign_in(api).json()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert kind(sign_in(api)) == (401, "sign-in-failed")
    assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
    assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")
    user.delete()
    assert kind(read_with(api, pair["access"])) == (401, "token-invalid")


def test_an_address_that_is_not_confirmed_is_told_what_to_do(api: Client) -> None:
    make_reader(verified=False)
    assert kind(sign_in(api)) == (403, "email-unverified")


def test_the_second_factor_is_asked_for_and_used_once(api: Client) -> None:
    user = make_reader()
    TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert kind(sign_in(api)) == (401, "code-required")
    assert kind(sign_in(api, otp="000000")) == (401, "code-required")
    code = code_now()
    assert sign_in(api, otp=code).status_code == 200
    assert kind(sign_in(api, otp=code)) == (401, "code-required")
    assert sign_in(api, otp=recovery).status_code == 200
    assert kind(sign_in(api, otp=recovery)) == (401, "code-required")


def test_operators_without_a_second_factor_are_refused_only_where_the_site_insists(
    api: Client, settings: LazySettings
) -> None:
    make_reader(role="moderator")
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert kind(sign_in(api)) == (403, "forbidden")
    settings.OPERATORS_NEED_SECOND_FACTOR = False
    assert sign_in(api).status_code == 200


def test_tokens_of_an_operator_end_with_the_second_factor(api: Client, settings: LazySettings) -> None:
    user = make_reader(role="moderator")
    pair = sign_in(api).json()
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
    assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")
    TOTP.activate(user, SECRET)
    assert read_with(api, pair["access"]).status_code == 200
    assert refresh(api, pair["refresh"]).status_code == 200


def test_tokens_of_a_reader_end_when_the_reader_is_made_an_operator(api: Client) -> None:
    user = make_reader()
    pair = sign_in(api).json()
    user.role = User.Role.MODERATOR
    user.save()
    assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
    assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")


def test_a_refresh_token_gets_one_pair_and_used_again_ends_everything(api: Client) -> None:
    make_reader()
    first, other = sign_in(api).json(), sign_in(api).json()
    second = refresh(api, first["refresh"])
    assert second.status_code == 200
    assert read_with(api, second.json()["access"]).status_code == 200
    assert kind(refresh(api, first["refresh"])) == (401, "token-reused")
    for pair in (second.json(), other):
        assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")
        assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
    assert sign_in(api).status_code == 200


def test_a_token_from_before_a_revocation_does_not_end_those_from_after_it(api: Client) -> None:
    user = make_reader()
    old = sign_in(api).json()
    refresh(api, old["refresh"])
    revoke_tokens(user)
    new = sign_in(api).json()
    assert kind(refresh(api, old["refresh"])) == (401, "token-invalid")
    assert read_with(api, new["access"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_who_refresh_at_once_one_gets_a_pair_at_most(api: Client) -> None:
    make_reader()
    token = sign_in(api).json()["refresh"]

    def attempt(_: int) -> int:
        try:
            return refresh(Client(), token).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == [200, 401, 401, 401]


def test_one_token_is_revoked_alone_and_presented_again_harms_no_other(api: Client) -> None:
    make_reader()
    first, second = sign_in(api).json(), sign_in(api).json()
    assert post(api, f"{TOKEN}revoke/", {"refresh": first["refresh"]}).status_code == 204
    assert kind(refresh(api, first["refresh"])) == (401, "token-invalid")
    assert refresh(api, second["refresh"]).status_code == 200


def test_all_tokens_are_revoked_at_once(api: Client) -> None:
    make_reader()
    first, second = sign_in(api).json(), sign_in(api).json()
    assert kind(post(api, f"{TOKEN}revoke-all/")) == (401, "sign-in-required")
    headers = {"Authorization": f"Bearer {first['access']}"}
    assert post(api, f"{TOKEN}revoke-all/", headers=headers).status_code == 204
    for pair in (first, second):
        assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
        assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")


def test_a_new_password_ends_the_tokens_of_the_old_one(api: Client) -> None:
    user = make_reader()
    pair = sign_in(api).json()
    user.set_password("another lantern altogether")
    user.save()
    assert kind(read_with(api, pair["access"])) == (401, "token-invalid")
    assert kind(refresh(api, pair["refresh"])) == (401, "token-invalid")


def test_tokens_expire(api: Client) -> None:
    make_reader()
    pair = sign_in(api).json()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert kind(read_with(api, pair["access"])) == (401, "token-expired")
        assert refresh(api, pair["refresh"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert kind(refresh(api, pair["refresh"])) == (401, "token-expired")


def forged(access: str, how: str, key: str) -> str:
    """A token that says what a real one says, signed or told otherwise."""
    payload = jwt.decode(access, options={"verify_signature": False})
    if how == "none":
        return jwt.encode(payload, None, algorithm="none")
    if how == "cut":
        return access[:-4]
    if how == "longer hash":
        return jwt.encode(payload, key, algorithm="HS512")
    if how == "site key":
        from django.conf import settings

        return jwt.encode(payload, settings.SECRET_KEY, algorithm="HS256")
    changes: dict[str, Any] = {"audience": {"aud": "elsewhere"}, "issuer": {"iss": "elsewhere"}}.get(how, {})
    if how == "no audience":
        del payload["aud"]
    if how == "other user":
        header, _, signature = access.split(".")
        body = base64.urlsafe_b64encode(json.dumps({**payload, "user_id": "1"}).encode()).rstrip(b"=").decode()
        return f"{header}.{body}.{signature}"
    return jwt.encode({**payload, **changes}, key, algorithm="HS256")


@pytest.mark.parametrize(
    "how", ["none", "cut", "longer hash", "site key", "audience", "issuer", "no audience", "other user"]
)
def test_a_forged_token_is_refused(api: Client, settings: LazySettings, how: str) -> None:
    make_reader()
    access = sign_in(api).json()["access"]
    answer = read_with(api, forged(access, how, settings.SIMPLE_JWT["SIGNING_KEY"]))
    assert kind(answer) == (401, "token-invalid")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Adaptapedia", error="invalid_token"'


def test_each_sort_of_token_is_good_for_one_thing(api: Client) -> None:
    make_reader()
    pair = sign_in(api).json()
    assert kind(read_with(api, pair["refresh"])) == (401, "token-invalid")
    assert kind(refresh(api, pair["access"])) == (401, "token-invalid")


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Basic bWFyeTp4", "Token abc", "Bearer \u00e9", "x" * 9000])
def test_a_header_that_is_no_bearer_token_is_refused(api: Client, header: str) -> None:
    assert kind(api.get("/api/v1/", headers={"Authorization": header})) == (401, "token-invalid")


def test_a_session_means_nothing_here(api: Client) -> None:
    api.force_login(make_reader())
    assert kind(post(api, f"{TOKEN}revoke-all/")) == (401, "sign-in-required")
    assert api.get("/api/v1/")["RateLimit-Limit"] == "300"


@pytest.mark.usefixtures("within_a_window")
def test_guesses_at_one_account_are_limited_from_everywhere_and_success_does_not_count(
    api: Client, settings: LazySettings
) -> None:
    settings.API_TOKEN_GUESSES = 3
    make_reader()
    for _ in range(5):
        assert sign_in(api).status_code == 200
    for number in range(3):
        answer = sign_in(api, password="wrong")
        assert kind(answer) == (401, "sign-in-failed"), number
    for name in ("Mary", "mary@adaptapedia.example", "MARY@adaptapedia.example"):
        refused = post(Client(REMOTE_ADDR="192.0.2.7"), TOKEN, {"username": name, "password": PASSWORD})
        assert kind(refused) == (429, "too-many-requests"), name
        assert int(refused["Retry-After"]) > 0


@pytest.mark.usefixtures("within_a_window")
def test_guesses_at_a_name_that_nobody_has_are_limited_alike(api: Client, settings: LazySettings) -> None:
    settings.API_TOKEN_GUESSES = 3
    told = [kind(sign_in(api, username=name))[0] for name in ("ghost", "GHOST", "Ghost", "ghost")]
    assert told == [401, 401, 401, 429]


@pytest.mark.usefixtures("within_a_window")
def test_the_endpoints_of_tokens_have_a_limit_of_their_own(api: Client, settings: LazySettings) -> None:
    settings.API_TOKEN_REQUESTS = 2
    assert [refresh(api, "x").status_code for _ in range(3)] == [401, 401, 429]
    assert api.get("/api/v1/").status_code == 200


def test_no_token_is_kept_where_a_copy_of_the_database_would_show_it(api: Client) -> None:
    make_reader()
    refresh(api, sign_in(api).json()["refresh"])
    assert list(OutstandingToken.objects.values_list("token", flat=True)) == ["", ""]


@pytest.mark.django_db(transaction=True)
def test_tokens_that_were_kept_before_are_forgotten_and_still_good(api: Client) -> None:
    make_reader()
    pair = sign_in(api).json()
    call_command("migrate", "api", "zero", verbosity=0)
    OutstandingToken.objects.update(token=pair["refresh"])
    call_command("migrate", "api", verbosity=0)
    assert OutstandingToken.objects.get().token == ""
    assert refresh(api, pair["refresh"]).status_code == 200


def test_used_tokens_stand_on_the_blacklist_and_revoked_ones_nowhere(api: Client) -> None:
    user = make_reader()
    pair = tokens.issue(user)
    following = tokens.rotate(pair.refresh)
    tokens.revoke(following.refresh)
    assert OutstandingToken.objects.count() == BlacklistedToken.objects.count() == 1
