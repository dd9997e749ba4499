"""People and letters. Models are imported late: pytest may load this before the settings are there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nobody_has_guessed_yet(db: None) -> Iterator[None]:
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest) -> None:
    """Passwords hash at once, except where a test is about the hash."""
    if "real_hashes" not in request.fixturenames:
        settings: Any = request.getfixturevalue("settings")
        settings.PASSWORD_HASHERS = QUICK


@pytest.fixture
def real_hashes() -> None:
    """Passwords hash as they do outside of tests."""


@pytest.fixture
def ada(db: None) -> Client:
    """Signed in, with a verified address."""
    from tests.integration.web.views.accounts.people import make_member, signed_in

    make_member("ada")
    return signed_in("ada")
