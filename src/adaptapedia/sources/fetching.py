"""JSON from an upstream, side by side with others, within its budget and in bounded time and memory.

What every upstream of this kind can do to us is answered here once: too many requests, pages of HTML, bodies
that end early or never, redirects without end. What an upstream means by a status of its own, its client says.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, Self, TypedDict, TypeVar
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import httpx

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
from adaptapedia.sources.receiving import PACKING, received
from adaptapedia.sources.unpacking import NotJson, read_json

MIB = 2**20
MOST_REDIRECTS = 3
MOST_AT_ONCE = 32
"""Requests under way; more wait before their turn, so that none of their time goes by waiting for a connection."""
LONGEST_PAUSE = 86_400.0
TIMEOUTS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}

Params = Mapping[str, str | int]

Refusal = Callable[[int, Any, str], SourceError | None]
"""Of a status, the JSON that came with it (None where there was none) and the evidence: the client's own error."""


Parsed = TypeVar("Parsed")

_ETAG = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Parsed]):
    """A whole answer: status 200 with what its JSON was parsed to, or 304 and None when it still has the ETag that
    was sent along. `etag` is empty where there is none that could be sent along."""

    status: int
    json: Parsed | None
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


class Waits(TypedDict, total=False):
    """What a client passes on to its Fetcher, and tests set."""

    patience: Patience
    verify: Any
    sleep: Callable[[float], Awaitable[None]]
    clock: Clock


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
        self.requests = 0
        """Sent so far: those that were tried again, and those that redirects led to, each for itself."""
        self._under_way = asyncio.Semaphore(MOST_AT_ONCE)
        self._params = dict(secret_params or {})
        self._secrets = spellings([*self._params.values(), *(headers or {}).values(), _password(base_url)])
        ours = {"User-Agent": user_agent, "Accept": "application/json", **PACKING}
        self._http = httpx.AsyncClient(
            headers={**ours, **(headers or {})},
            http2=True,
            verify=verify,
            timeout=httpx.Timeout(patience.timeout, connect=min(10.0, patience.timeout)),
            limits=httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=MOST_AT_ONCE),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        self._budget.close()

    async def get(self, path: str, *, params: Params | None = None, etag: str = "") -> Answer[Any]:
        """The answer at `path` below the base, as it came. Raises one of `sources.errors`."""
        return await self.read(path, lambda json: json, params=params, etag=etag)

    async def read(
        self, path: str, parsed: Callable[[Any], Parsed], *, params: Params | None = None, etag: str = ""
    ) -> Answer[Parsed]:
        """The answer at `path` below the base, parsed. Raises one of `sources.errors`.

        What `parsed` raises of these counts as what the upstream did: it is tried again, and the breaker is told.
        """
        for attempt in range(1, self._patience.tries + 1):
            try:
                return await self._read_once(path, parsed, params or {}, etag)
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

    async def ask(self, path: str, parsed: Callable[[Any], Parsed], *, params: Params | None = None) -> Parsed:
        """`read` without an ETag: always an answer."""
        found = (await self.read(path, parsed, params=params)).json
        if found is None:
            raise AssertionError("only an ETag that was sent along brings an answer without JSON")
        return found

    async def _read_once(self, path: str, parsed: Callable[[Any], Parsed], params: Params, etag: str) -> Answer[Parsed]:
        """One try, its outcome told to the budget: pauses are waited for at the next turn, whoever's it is."""
        async with self._under_way, self._budget.aturn():
            try:
                answer = await self._answer(path, parsed, params, etag)
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

    async def _answer(self, path: str, parsed: Callable[[Any], Parsed], params: Params, etag: str) -> Answer[Parsed]:
        response, body = await self._response(path, params, etag)
        told = response.headers.get("ETag", "")
        told = told if _ETAG.fullmatch(told) and self._shown(told) == told else ""
        if response.status_code == HTTPStatus.NOT_MODIFIED and etag:
            return Answer(HTTPStatus.NOT_MODIFIED, None, told or etag)
        if response.status_code != HTTPStatus.OK:
            raise self._refused(response, body)
        return Answer(HTTPStatus.OK, self._parsed(body, parsed), told)

    async def _response(self, path: str, params: Params, etag: str) -> tuple[httpx.Response, bytes]:
        return await received(
            self._name,
            lambda: self._send(path, params, etag),
            address=self._shown(self._base_url),
            within=self._patience.timeout,
            largest=self._patience.largest,
            shown=self._shown,
        )

    async def _send(self, path: str, params: Params, etag: str) -> httpx.Response:
        """The response, its body still to come, after redirects that stay with the upstream's own host."""
        address = httpx.URL(self._base_url + path, params={**params, **self._params})
        for _ in range(MOST_REDIRECTS + 1):
            self.requests += 1
            headers = {"If-None-Match": etag} if etag else {}
            response = await self._http.send(self._http.build_request("GET", address, headers=headers), stream=True)
            if not response.has_redirect_location:
                return response
            await response.aclose()
            address = self._redirected(str(address), response.headers["Location"])
        raise Unavailable(f"{self._name} redirects without end", evidence=self._shown(str(address)))

    def _redirected(self, address: str, location: str) -> httpx.URL:
        """Where a redirect leads, with our secrets: raises Unavailable where that is another host."""
        with suppress(ValueError, httpx.InvalidURL):
            target = urljoin(address, location)
            if _origin(target) == _origin(self._base_url):
                return httpx.URL(target).copy_merge_params(self._params)
        raise Unavailable(f"{self._name} redirects to another host", evidence=self._shown(location))

    def _parsed(self, body: bytes, parsed: Callable[[Any], Parsed]) -> Parsed:
        """What the body says. Raises Truncated where it is the beginning of something, else Unavailable: also where
        our own key is in it, which would find its way into a record."""
        if any(secret.encode() in body for secret in self._secrets):
            raise Unavailable(f"{self._name} answered with our key in its answer", evidence=self._excerpt(body))
        try:
            return parsed(read_json(body))
        except NotJson as error:
            evidence = f"{error}: {self._excerpt(body)}" if body.strip() else ""
            kind = Truncated if error.cut_off else Unavailable
            raise kind(f"{self._name} {error.told}", evidence=evidence) from None
        except SourceError as error:
            error.see(f"{self._shown(error.evidence)}: {self._excerpt(body)}")
            raise

    def _refused(self, response: httpx.Response, body: bytes) -> SourceError:
        """The error that a status other than 200 and 304 stands for."""
        status, evidence = response.status_code, f"HTTP {response.status_code}: {self._excerpt(body)}"
        pause = response.headers.get("Retry-After")
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and pause):
            seconds = self._pause(pause)
            return RateLimited(f"{self._name} asks us to wait {seconds:.0f} s", retry_after=seconds, evidence=evidence)
        told = None
        with suppress(NotJson):
            told = read_json(body)
        if own := self._refusal(status, told, evidence):
            return own
        if status in TIMEOUTS:
            return TimedOut(f"{self._name} took too long", evidence=evidence)
        if not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable(f"{self._name} answered HTTP {status}", evidence=evidence)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return NotFound(f"{self._name} does not have what was asked for", evidence=evidence)
        return Rejected(f"{self._name} refused the request with HTTP {status}", evidence=evidence)

    def _pause(self, stated: str | None) -> float:
        patience = self._patience
        return pause_of(stated, unstated=patience.unstated_pause, shortest=patience.shortest_pause, now=self._clock())

    def _excerpt(self, body: bytes) -> str:
        """The beginning of a body; secrets go before it is cut, so that no part of one is left."""
        for secret in self._secrets:
            body = body.replace(secret.encode(), "…".encode())
        return body[:500].decode(errors="replace")

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


def spellings(secrets: Iterable[str]) -> list[str]:
    """Every way in which secrets may show up: whole, by word, as in an address; the longest first."""
    found = {word for secret in secrets for word in (secret, *secret.split()) if word not in {"", "Bearer"}}
    return sorted({form for word in found for form in (word, quote(word), quote_plus(word))}, key=len, reverse=True)


def _password(address: str) -> str:
    """Of an address that holds one: none of our own does, but a proxy's may."""
    with suppress(ValueError):
        return urlsplit(address).password or ""
    return ""
