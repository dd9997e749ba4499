"""Clients of the API, and a shelf for them to read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis
import time_machine
from django.conf import LazySettings
from django.test import Client

if TYPE_CHECKING:
    from tests.integration.api.samples import Shelf


@pytest.fixture(autouse=True)
def fresh_counters(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody has asked for anything yet."""
    from adaptapedia.api import limits
    from adaptapedia.catalogue import resources

    monkeypatch.setattr(limits, "_failed_at", float("-inf"))
    monkeypatch.setattr(resources, "PATIENCE", 20_000)  # a busy machine is not a broad search
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as cache:
        cache.flushdb()
        yield


@pytest.fixture
def within_a_window() -> Iterator[None]:
    """Requests are counted in windows of one minute or 15 by the clock: here one is half over, so that none ends."""
    with time_machine.travel(datetime.fromtimestamp(time.time() // 900 * 900 + 450, UTC)):
        yield


@pytest.fixture
def shelf(db: None) -> Shelf:
    from tests.integration.api.samples import make_shelf

    return make_shelf()


@pytest.fixture
def api() -> Client:
    """A program that reads; a fault of ours becomes the answer it would be, not an exception of the test."""
    return Client(raise_request_exception=False)
