import os
import subprocess
import sys

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.processes import environment_of_tests

PUBLIC = "adaptapedia.example.org"


def policy_of(address: str) -> dict[str, set[str]]:
    header = Client().get(address).headers["Content-Security-Policy"]
    return {name: set(sources) for name, *sources in (part.split() for part in header.split(";"))}


@pytest.fixture
def behind_tls(settings: LazySettings) -> LazySettings:
    """The settings of an installation with servers of its own."""
    settings.HTTPS_ONLY = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = [PUBLIC, "localhost", "127.0.0.1", "[::1]"]
    return settings


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/ops/sign-in/", "/no-such-page/"])
def test_no_page_may_run_a_script_or_style_that_stands_within_it(address: str) -> None:
    policy = policy_of(address)
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == policy["style-src"] == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}


@pytest.mark.django_db
def test_the_admin_alone_may_do_more_and_still_loads_from_nowhere_else() -> None:
    policy = policy_of("/admin/login/")
    assert policy["script-src"] == {"'self'", "'unsafe-inline'", "'unsafe-eval'"}
    assert policy["default-src"] == {"'none'"}
    assert policy_of("/administration/")["script-src"] == {"'self'"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/ops/sign-in/", "/admin/login/", "/no-such-page/", "/healthz"])
def test_every_answer_says_what_a_browser_must_not_do_with_it(address: str) -> None:
    headers = Client().get(address).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_tls")
def test_behind_tls_nobody_is_answered_without_it() -> None:
    plain = Client(SERVER_NAME=PUBLIC).get("/search/?q=emma")
    assert (plain.status_code, plain["Location"]) == (301, f"https://{PUBLIC}/search/?q=emma")
    secure = Client(SERVER_NAME=PUBLIC).get("/", headers={"X-Forwarded-Proto": "https"})
    assert secure.status_code == 200
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_tls")
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_the_operator_on_the_machine_itself_is_answered_without_tls(name: str) -> None:
    assert Client(SERVER_NAME=name).get("/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_tls")
def test_a_probe_inside_the_house_needs_no_tls_but_no_page_opens_that_way() -> None:
    assert Client(SERVER_NAME=PUBLIC).get("/healthz").status_code == 200
    assert Client(SERVER_NAME=PUBLIC).get("/healthz/../ops/").status_code == 301


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_tls")
def test_a_host_that_is_not_ours_is_refused_instead_of_redirected_to() -> None:
    assert Client(SERVER_NAME="evil.example").get("/").status_code == 400


@pytest.mark.django_db
def test_the_check_for_deployment_is_silent_with_servers_of_ones_own() -> None:
    """The settings of production: both servers named, a secret key, a public name."""
    checked = subprocess.run(
        [sys.executable, "-m", "adaptapedia", "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, **environment_of_tests(), **production()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "no issues" in checked.stdout


def production() -> dict[str, str]:
    from adaptapedia.settings import CONFIG

    return {
        "DATABASE_URL": CONFIG.database_address,
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": "only-for-this-test-but-long-enough-and-of-many-letters-0123456789",
        "ALLOWED_HOSTS": PUBLIC,
        "EMAIL_URL": "submission://user:password@mail.example.org:587",
    }
