import pytest
from django.test import Client


def policy_of(address: str) -> dict[str, set[str]]:
    header = Client().get(address).headers["Content-Security-Policy"]
    return {name: set(sources) for name, *sources in (part.split() for part in header.split(";"))}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/ops/sign-in/", "/accounts/login/", "/no-such-page/"])
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
