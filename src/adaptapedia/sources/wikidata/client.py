"""Wikidata's query service over HTTP: the only IO of this package.

How the service behaves: mediawiki.org, "Wikidata Query Service/User Manual" (limits, 429, User-Agent).
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Self, TypeVar

import httpx

from adaptapedia.kit.addresses import secrets_of, without_secrets
from adaptapedia.kit.budget import BreakerOpen, Budget, Crowded, Paused
from adaptapedia.kit.clock import Clock, now
from adaptapedia.sources.errors import RateLimited, Rejected, SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.fetching import TIMEOUTS, pause_of, spellings
from adaptapedia.sources.receiving import PACKING, received
from adaptapedia.sources.wikidata import parse, queries
from adaptapedia.sources.wikidata.records import Changes, ClassEdge, Edge, Item, Slice
from adaptapedia.sources.wikidata.results import Row, excerpt, is_timeout

__all__ = ["Slice", "WikidataClient"]

Parsed = TypeVar("Parsed")

TIMEOUT = 65.0
TRIES = 4
SHORTEST_PAUSE = 5.0
"""A `Retry-After: 0` is answered with this, since asking at once again earns a ban."""
UNSTATED_PAUSE = 60.0
"""The pause after a 429 that names none: the service counts query time by the minute."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes, unpacked: as many as the most rows of one answer take where they are set wide apart."""


class WikidataClient:
    """Reads classes, pairs and items; each answer is proven whole, or it is an error.

    Short faults (unavailable, cut off, too many requests with a short pause) are tried again, four
    times in all; then the error of the last try is raised, one of `sources.errors`. A context manager;
    closing it closes its budget.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        user_agent: str,
        budget: Budget,
        timeout: float = TIMEOUT,
        first_wait: float = 2.0,
        shortest_pause: float = SHORTEST_PAUSE,
        unstated_pause: float = UNSTATED_PAUSE,
        sleep: Callable[[float], None] = time.sleep,
        clock: Clock = now,
    ) -> None:
        """`timeout` bounds each query, in seconds from connecting to the last byte; the service itself stops one
        after 60. The budget's `holder_dies_after` must be longer, or another asks while we still wait.

        `first_wait` are the seconds before the second try; each further wait is twice as long, and all
        are shortened at random by up to half.
        """
        self._endpoint = endpoint
        self._shown = without_secrets(endpoint)
        self._secrets = spellings(secrets_of(endpoint))
        self._budget = budget
        self._timeout = timeout
        self._first_wait = first_wait
        self._shortest_pause = shortest_pause
        self._unstated_pause = unstated_pause
        self._sleep = sleep
        self._clock = clock
        self._loop = asyncio.Runner()
        self._http = httpx.AsyncClient(
            headers={"User-Agent": user_agent, "Accept": "application/sparql-results+json", **PACKING},
            timeout=httpx.Timeout(timeout, connect=min(10.0, timeout)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()
        self._budget.close()

    def class_edges(self) -> list[ClassEdge]:
        """Every P279 under the roots of screen and written works, in order."""
        return self._ask(queries.class_edges(), parse.class_edges)

    def edge_count(self) -> int:
        """How many pairs (P144) there are."""
        return self._ask(queries.edge_count(), parse.edge_count)

    def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice:
        """The first `limit` pairs after the cursor, and how many there are after it in all."""
        return self._ask(
            queries.edges_after(cursor, limit=limit), lambda body: parse.edge_slice(body, after=cursor, limit=limit)
        )

    def changed_after(self, cursor: int, *, since: datetime, limit: int) -> Changes:
        """The first `limit` items of pairs after the cursor that have changed since, or do not say when.

        TimedOut is raised at the first query that takes too long.
        """
        query = queries.changed_after(cursor, since=since, limit=limit)
        return self._ask(query, lambda body: parse.changes(body, after=cursor, limit=limit), insist=False)

    def items(self, qids: Sequence[int]) -> list[Item]:
        """One item for each of `qids`, in their order as numbers.

        Where a query takes too long its items are asked for in halves, and those in halves again;
        TimedOut is raised only when a single item takes too long.
        """
        numbers = sorted(set(qids))
        rows = self._statements(queries.details, numbers)
        this_year = self._clock().year
        found = parse.items(numbers, rows, this_year=this_year)
        nameless = [item.qid for item in found if item.label is None and item.redirect_to is None]
        if nameless:
            rows += self._statements(queries.labels, nameless)
            found = parse.items(numbers, rows, this_year=this_year)
        return found

    def _statements(self, query: Callable[[Sequence[int]], str], qids: Sequence[int]) -> list[Row]:
        if not qids:
            return []
        try:
            return self._ask(query(qids), parse.statements, insist=False)
        except TimedOut:
            if len(qids) == 1:
                raise
            middle = len(qids) // 2
            return self._statements(query, qids[:middle]) + self._statements(query, qids[middle:])

    def _ask(self, query: str, parsed: Callable[[bytes], Parsed], *, insist: bool = True) -> Parsed:
        """The parsed answer to a query, after as many tries as it needs and may have.

        Without `insist` a query that took too long is not tried again.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return self._ask_once(query, parsed)
            except SourceError as error:
                if attempt == TRIES or not error.retryable or (isinstance(error, TimedOut) and not insist):
                    raise
                if not isinstance(error, RateLimited):
                    self._sleep(self._first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))  # noqa: S311
                elif error.retry_after > self._budget.limits.longest_pause:
                    raise
            except BreakerOpen as error:
                raise Unavailable(str(error)) from error
            except Paused as error:
                raise RateLimited(str(error), retry_after=error.seconds) from error
            except Crowded as error:
                raise Unavailable(str(error)) from error
        raise AssertionError("the last try returns or raises")

    def _ask_once(self, query: str, parsed: Callable[[bytes], Parsed]) -> Parsed:
        """One try, its outcome told to the budget: pauses are waited for at the next turn, whoever's it is."""
        with self._budget.turn():
            try:
                response, body = self._received(query)
            except SourceError:  # not even that a query takes too long was said in time
                self._budget.failed()
                raise
            try:
                found = self._parsed(response, body, parsed)
            except RateLimited as error:
                self._budget.pause(error.retry_after)
                raise
            except (TimedOut, Rejected):  # says something about the query, and that the service is well
                self._budget.succeeded()
                raise
            except (Unavailable, Truncated):
                self._budget.failed()
                raise
            self._budget.succeeded()
            return found

    def _received(self, query: str) -> tuple[httpx.Response, bytes]:
        asked = received(
            "Wikidata",
            lambda: self._http.send(
                self._http.build_request("POST", self._endpoint, data={"query": query}), stream=True
            ),
            address=self._shown,
            within=self._timeout,
            largest=LARGEST_ANSWER,
            shown=self._hidden,
        )
        return self._loop.run(asked)

    def _parsed(self, response: httpx.Response, body: bytes, parsed: Callable[[bytes], Parsed]) -> Parsed:
        try:
            return parsed(self._accepted(response, body))
        except SourceError as error:
            if any(secret.encode() in body for secret in self._secrets):
                error.see("an answer with a secret of the endpoint's address in it")
            raise

    def _hidden(self, seen: str) -> str:
        for secret in self._secrets:
            seen = seen.replace(secret, "…")
        return seen

    def _accepted(self, response: httpx.Response, body: bytes) -> bytes:
        """The body of a successful answer; raises the error that any other stands for."""
        if response.status_code != HTTPStatus.OK:
            raise self._refusal(response, body)
        return body

    def _refusal(self, response: httpx.Response, body: bytes) -> SourceError:
        """The error that a status other than 200 stands for."""
        status, evidence = response.status_code, f"HTTP {response.status_code}: {excerpt(body)}"
        pause = response.headers.get("Retry-After")
        if status == HTTPStatus.FORBIDDEN:
            agent = response.request.headers["User-Agent"]
            return Rejected(
                f"Wikidata answered 403 to the User-Agent {agent!r}: it must name a way to reach you; set CONTACT",
                evidence=evidence,
            )
        if status in TIMEOUTS or (pause is None and is_timeout(body)):
            return TimedOut("Wikidata stopped the query because it took too long", evidence=evidence)
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and pause):
            unstated, shortest = self._unstated_pause, self._shortest_pause
            seconds = pause_of(pause, unstated=unstated, shortest=shortest, now=self._clock())
            return RateLimited(f"Wikidata asks us to wait {seconds:.0f} s", retry_after=seconds, evidence=evidence)
        if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable(f"Wikidata answered HTTP {status}", evidence=evidence)
        return Rejected(f"Wikidata refused the query with HTTP {status} at {self._shown}", evidence=evidence)
