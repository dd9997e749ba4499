from typing import Any

import pytest
from django.test import RequestFactory

from adaptapedia.desk.addresses import client_address


def seen(forwarded: str | None, peer: str = "10.0.0.1") -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory(headers=headers).get("/", REMOTE_ADDR=peer))


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        ("1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", "10.0.0.1"),
        ("1.2.3.4, nonsense", "10.0.0.1"),
        ("x" * 10_000, "10.0.0.1"),
    ],
)
def test_behind_a_proxy_the_last_entry_counts(settings: Any, forwarded: str | None, address: str) -> None:
    settings.BEHIND_A_PROXY = True
    assert seen(forwarded) == address


def test_without_a_proxy_the_header_counts_for_nothing(settings: Any) -> None:
    settings.BEHIND_A_PROXY = False
    assert seen("203.0.113.7") == "10.0.0.1"


def test_a_socket_without_an_address_is_the_unknown_one(settings: Any) -> None:
    settings.BEHIND_A_PROXY = False
    assert seen(None, peer="") == "0.0.0.0"
