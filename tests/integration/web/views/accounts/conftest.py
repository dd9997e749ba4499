"""People and letters. Models are imported late: pytest may load this before the settings are there."""

from collections.abc import Iterator

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def nobody_has_guessed_yet(db: None) -> Iterator[None]:
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada(db: None) -> Client:
    """Signed in, with a verified address."""
    from tests.integration.web.views.accounts.people import make_member, signed_in

    make_member("ada")
    return signed_in("ada")
