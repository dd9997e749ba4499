"""Clients of the API, and a shelf for them to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import redis
from django.conf import LazySettings
from django.test import Client

if TYPE_CHECKING:
    from tests.integration.api.samples import Shelf


@pytest.fixture(autouse=True)
def fresh_counters(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has asked for anything yet."""
    from adaptapedia.api import limits

    monkeypatch.setattr(limits, "_failed_at", float("-inf"))
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as cache:
        cache.flushdb()
        yield


@pytest.fixture
def shelf(db: None) -> Shelf:
    from tests.integration.api.samples import make_shelf

    return make_shelf()


@pytest.fixture
def api() -> Client:
    """A program that reads; a fault of ours becomes the answer it would be, not an exception of the test."""
    return Client(raise_request_exception=False)
