"""A client with a budget of its own in the real Valkey, whose sleeping only moves a clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.conf import settings

from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.sources.wikidata.client import WikidataClient
from tests.upstreams.wikidata import FaultProxy

USER_AGENT = "Adaptapedia/test (operator@example.org) httpx"


class Hours:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def hours() -> Hours:
    return Hours()


Connect = Callable[..., WikidataClient]


@pytest.fixture
def connect(hours: Hours) -> Iterator[Connect]:
    """`connect(proxy)` gives a client; those of one test share one budget, as workers do."""
    upstream = f"Wikidata-{uuid4().hex}"
    with ExitStack() as held:

        def connected(
            proxy: FaultProxy | str, *, limits: Limits | None = None, timeout: float = 30.0
        ) -> WikidataClient:
            endpoint = proxy if isinstance(proxy, str) else proxy.url
            budget = Budget(upstream, settings.BUDGET_URL, limits=limits or Limits(), clock=hours, sleep=hours.sleep)
            client = WikidataClient(endpoint, user_agent=USER_AGENT, budget=budget, timeout=timeout, sleep=hours.sleep)
            return held.enter_context(client)

        yield connected
