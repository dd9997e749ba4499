"""One query at a time, however slowly the upstream answers."""

import time
from collections.abc import Awaitable, Callable
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import settings

from adaptapedia.ingest.upstreams import Upstream, limits_of
from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.sources.errors import TimedOut
from adaptapedia.sources.wikidata.client import TIMEOUT, WikidataClient
from tests.upstreams.hostile import CHUNKED, HostileServer, chunk, goes_on

DRIPPING = {
    "headers": goes_on(b"HTTP/1.1 200 OK\r\nX: ", b"x", pause=0.05),
    "a body": goes_on(CHUNKED, chunk(b" "), pause=0.05),
}


@pytest.mark.parametrize("what", DRIPPING)
def test_nobody_asks_while_another_still_waits_for_an_answer_that_drips(what: str) -> None:
    name = f"Test-{uuid4().hex}"
    asked: list[float] = []
    arrived: list[float] = []
    over: list[float] = []

    async def behave(head: bytes, send: Callable[[bytes], Awaitable[None]]) -> None:
        arrived.append(time.monotonic())
        await DRIPPING[what](head, send)

    def ask(url: str) -> None:
        budget = Budget(name, settings.BUDGET_URL, limits=Limits(holder_dies_after=5.0))
        with WikidataClient(url, user_agent="Test (t@example.org)", budget=budget, timeout=1.5) as client:
            asked.append(time.monotonic())
            with pytest.raises(TimedOut):
                client.items([1])
            over.append(time.monotonic())

    with HostileServer(behave) as server:
        workers = [Thread(target=ask, args=[server.url]) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

    assert len(arrived) == len(over) == 2
    assert arrived[1] - min(asked) >= 1.5, "the first was waited for until it was given up"


def test_a_turn_outlasts_the_longest_query() -> None:
    assert limits_of(Upstream.WIKIDATA).holder_dies_after >= TIMEOUT + 20
