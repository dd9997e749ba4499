"""JSON from an upstream, side by side with others, within its budget and in bounded time and memory.

What every upstream of this kind can do to us is answered here once: too many requests, pages of HTML, bodies
that end early or never, redirects without end. What an upstream means by a status of its own, its client says.
"""

import asyncio
import random
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx
import orjson

from adaptapedia.kit.budget import BreakerOpen, Budget, Crowded, Paused
from adaptapedia.kit.clock import Clock, now
from adaptapedia.sources.errors import (
    NotFound,
    RateLimited,
    Rejected,
    SourceError,
    TimedOut,
    Truncated,
    Unavailable,
)

MIB = 2**20
MOST_REDIRECTS = 3
LONGEST_PAUSE = 86_400.0
TIMEOUTS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}

Refusal = Callable[[int, Any, str], SourceError | None]
"""Of a status, the JSON that came with it (None where there was none) and the evidence: the client's own error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status 200 with its JSON, or 304 without when it still has the ETag that was sent along."""

    status: int
    json: Any
    etag: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, how much and how often an upstream is asked for one thing."""

    timeout: float = 30.0
    """Seconds for one try, from connecting to the last byte."""
    largest: int = 16 * MIB
    """Bytes of an unpacked body."""
    tries: int = 4
    first_wait: float = 1.0
    """Seconds before the second try; each further wait is twice as long, all shortened at random by up to half."""
    shortest_pause: float = 1.0
    """What a `Retry-After: 0` is answered with."""
    unstated_pause: float = 10.0
    """The pause after a 429 that names none."""


class Fetcher:
    """One upstream over HTTP/2 where it offers it. An async context manager; closing it closes its budget.

    Short faults are tried again; then the error of the last try is raised, one of `sources.errors`, or at once
    where asking again does not help. No error, note or line of a log shows a secret.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        budget: Budget,
        user_agent: str,
        headers: Mapping[str, str] | None = None,
        secret_params: Mapping[str, str] | None = None,
        patience: Patience = Patience(),
        refusal: Refusal = lambda _status, _json, _evidence: None,
        verify: Any = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Clock = now,
    ) -> None:
        """`headers` and `secret_params` go along with every request, to `base_url`'s host alone."""
        self._name = name
        self._base_url = base_url
        self._budget = budget
        self._patience = patience
        self._refusal = refusal
        self._sleep = sleep
        self._clock = clock
        self._params = dict(secret_params or {})
        self._secrets = [secret for secret in [*self._params.values(), *(headers or {}).values()] if secret]
        ours = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        self._http = httpx.AsyncClient(
            headers={**ours, **(headers or {})},
            http2=True,
            verify=verify,
            timeout=httpx.Timeout(patience.timeout, connect=min(10.0, patience.timeout)),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        self._budget.close()

    async def get(self, path: str, *, params: Mapping[str, str | int] | None = None, etag: str = "") -> Answer:
        """The answer at `path` below the base. Raises one of `sources.errors`."""
        for attempt in range(1, self._patience.tries + 1):
            try:
                return await self._get_once(path, params or {}, etag)
            except SourceError as error:
                if attempt == self._patience.tries or not error.retryable:
                    raise
                if not isinstance(error, RateLimited):
                    await self._sleep(self._patience.first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))  # noqa: S311
                elif error.retry_after > self._budget.limits.longest_pause:
                    raise
            except (BreakerOpen, Crowded) as error:
                raise Unavailable(str(error)) from error
            except Paused as error:
                raise RateLimited(str(error), retry_after=error.seconds) from error
        raise AssertionError("the last try returns or raises")

    async def _get_once(self, path: str, params: Mapping[str, str | int], etag: str) -> Answer:
        """One try, its outcome told to the budget: pauses are waited for at the next turn, whoever's it is."""
        async with self._budget.aturn():
            try:
                answer = await self._answer(path, params, etag)
            except RateLimited as error:
                await asyncio.to_thread(self._budget.pause, error.retry_after)
                raise
            except (Unavailable, Truncated):
                await asyncio.to_thread(self._budget.failed)
                raise
            except SourceError:  # says something about what was asked for, not about the upstream
                await self._is_well()
                raise
        await self._is_well()
        return answer

    async def _is_well(self) -> None:
        if self._budget.troubled:
            await asyncio.to_thread(self._budget.succeeded)

    async def _answer(self, path: str, params: Mapping[str, str | int], etag: str) -> Answer:
        begun = False
        try:
            async with asyncio.timeout(self._patience.timeout):
                response = await self._send(path, params, etag)
                begun = True
                try:
                    body = await self._body(response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TimedOut(f"{self._name} did not answer within {self._patience.timeout:.0f} s") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            evidence = self._shown(repr(error))
            if begun:
                raise Truncated(f"{self._name}'s answer ended early", evidence=evidence) from None
            raise Unavailable(f"{self._name} cannot be reached at {self._base_url}", evidence=evidence) from None
        told = response.headers.get("ETag", "")
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return Answer(HTTPStatus.NOT_MODIFIED, None, told or etag)
        if response.status_code != HTTPStatus.OK:
            raise self._refused(response, body)
        return Answer(HTTPStatus.OK, self._json(body), told)

    async def _send(self, path: str, params: Mapping[str, str | int], etag: str) -> httpx.Response:
        """The response, its body still to come, after redirects that stay with the upstream's own host."""
        address = self._base_url + path
        asked: Mapping[str, str | int] = {**params, **self._params}
        for _ in range(MOST_REDIRECTS + 1):
            headers = {"If-None-Match": etag} if etag else {}
            request = self._http.build_request("GET", address, params=asked, headers=headers)
            response = await self._http.send(request, stream=True)
            if not response.has_redirect_location:
                return response
            await response.aclose()
            address = urljoin(address, response.headers["Location"])
            if _origin(address) != _origin(self._base_url):
                raise Unavailable(f"{self._name} redirects to another host", evidence=self._shown(address))
            asked = {} if urlsplit(address).query else asked
        raise Unavailable(f"{self._name} redirects without end", evidence=self._shown(address))

    async def _body(self, response: httpx.Response) -> bytes:
        """The whole body, unpacked bit by bit, so that a small one cannot become a large one unseen."""
        packed = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in {"identity", "gzip", ""}:
            raise Unavailable(f"{self._name} packed its answer as {packed[:40]}, which was not asked for")
        unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
        body = bytearray()
        async for chunk in response.aiter_raw():
            room = self._patience.largest - len(body) + 1
            try:
                body += unpack.decompress(chunk, room) if unpack else chunk
            except zlib.error as error:
                raise Truncated(f"{self._name}'s answer cannot be unpacked", evidence=str(error)) from None
            if len(body) > self._patience.largest:
                raise Unavailable(f"{self._name}'s answer has no end", evidence=self._excerpt(body))
        if unpack and not unpack.eof and response.status_code == HTTPStatus.OK:
            raise Truncated(f"{self._name}'s answer ended early", evidence=self._excerpt(body))
        return bytes(body)

    def _json(self, body: bytes) -> Any:
        """What the body says. Raises Truncated where it is the beginning of something, else Unavailable."""
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            evidence = f"{error}: {self._excerpt(body)}"
        if not body.strip():
            raise Truncated(f"{self._name}'s answer is empty")
        if body.lstrip()[:1] == b"<":
            raise Unavailable(f"{self._name} answered HTML or XML where JSON was due", evidence=evidence)
        if body.lstrip()[:1] in {b"{", b"["} and body.rstrip()[-1:] not in {b"}", b"]"}:
            raise Truncated(f"{self._name}'s answer ended early", evidence=evidence)
        raise Unavailable(f"{self._name} answered something that is no JSON", evidence=evidence)

    def _refused(self, response: httpx.Response, body: bytes) -> SourceError:
        """The error that a status other than 200 and 304 stands for."""
        status, evidence = response.status_code, f"HTTP {response.status_code}: {self._excerpt(body)}"
        pause = response.headers.get("Retry-After")
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and pause):
            seconds = self._pause(pause)
            return RateLimited(f"{self._name} asks us to wait {seconds:.0f} s", retry_after=seconds, evidence=evidence)
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError:
            told = None
        if own := self._refusal(status, told, evidence):
            return own
        if status in TIMEOUTS:
            return TimedOut(f"{self._name} took too long", evidence=evidence)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable(f"{self._name} answered HTTP {status}", evidence=evidence)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return NotFound(f"{self._name} does not have what was asked for", evidence=evidence)
        return Rejected(f"{self._name} refused the request with HTTP {status}", evidence=evidence)

    def _pause(self, stated: str | None) -> float:
        patience = self._patience
        return pause_of(stated, unstated=patience.unstated_pause, shortest=patience.shortest_pause, now=self._clock())

    def _excerpt(self, body: bytes | bytearray) -> str:
        return self._shown(bytes(body[:500]).decode(errors="replace"))

    def _shown(self, text: str) -> str:
        """`text` without what nobody may read."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text


def pause_of(stated: str | None, *, unstated: float, shortest: float, now: datetime) -> float:
    """Seconds to wait for a `Retry-After` (RFC 9110, 10.2.3: seconds or a date), at most a day."""
    seconds = unstated
    if stated is not None and stated.strip().isdecimal():
        seconds = float(stated)
    elif stated is not None:
        with suppress(TypeError, ValueError):
            seconds = (parsedate_to_datetime(stated) - now).total_seconds()
    return min(max(seconds, shortest), LONGEST_PAUSE)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port, where the address has them in good order."""
    with suppress(ValueError):
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port
    return "", None, None
