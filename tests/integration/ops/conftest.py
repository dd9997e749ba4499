"""People before the pages of /ops/. Models are imported late: pytest may load this before the settings are there."""

import pytest
from django.test import Client


def _signed_in(role: str) -> Client:
    from tests.integration.ops.samples import make_person

    client = Client()
    client.force_login(make_person(role, role))
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    return _signed_in("administrator")


@pytest.fixture
def moderator(db: None) -> Client:
    return _signed_in("moderator")


@pytest.fixture
def reader(db: None) -> Client:
    return _signed_in("user")
