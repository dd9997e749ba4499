"""What TMDb and Open Library may do to those who ask them, as it looks on the wire."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tests.upstreams import bodies
from tests.upstreams.connection import Connection
from tests.upstreams.messages import HTML, JSON, Answer, Request

ENDLESS = "/endless/"
MAINTENANCE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
NO_CONTACT = b"<html><head><title>403 Forbidden</title></head><body>Tell us whom to write to.</body></html>"
FAR_DATE = "Fri, 31 Dec 2100 23:59:59 GMT"


class Words(Protocol):
    """How an upstream words an error of its own."""

    def failure(self, status: int) -> Answer:
        """The body that goes with 401, 404, 429, 500, 502, 503 or 504."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that meets a fault, and what a fault may need to know."""

    connection: Connection
    request: Request
    truth: Callable[[], Answer]
    """What would have been answered."""
    words: Words
    slow_seconds: float
    wait_for_release: Callable[[], None]


Fault = Callable[[Exchange], Awaitable[int | None]]
"""Answers, and tells the status where there was a whole answer."""


async def _sent(exchange: Exchange, answer: Answer) -> int:
    await exchange.connection.send(answer)
    return answer.status


async def _echo(exchange: Exchange) -> int:
    """All that was said to it, as a page for whoever mends it would show."""
    said = "\n".join([exchange.request.target, *(f"{name}: {told}" for name, told in exchange.request.headers.items())])
    return await _sent(exchange, Answer(500, said.encode(), HTML))


def _fixed(status: int, body: bytes, *, kind: str = JSON, **headers: str) -> Fault:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return lambda exchange: _sent(exchange, Answer(status, body, kind, told))


def _failure(status: int, **headers: str) -> Fault:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    async def fail(exchange: Exchange) -> int:
        worded = exchange.words.failure(status)
        return await _sent(exchange, Answer(status, worded.body, worded.kind, told))

    return fail


def _made_of(change: Callable[[bytes], bytes]) -> Fault:
    """The true answer with another body, sent whole."""

    async def changed(exchange: Exchange) -> int:
        true = exchange.truth()
        body = change(true.body) if true.body else true.body
        return await _sent(exchange, Answer(true.status, body, true.kind))

    return changed


async def _chunks_end(exchange: Exchange) -> None:
    """A chunked answer whose end never comes."""
    half = bodies.cut(exchange.truth().body)
    await exchange.connection.begin(200, ("Content-Type", JSON), ("Transfer-Encoding", "chunked"))
    await exchange.connection.raw(b"%x\r\n%b\r\n" % (len(half), half))


async def _slow(exchange: Exchange) -> int:
    await asyncio.sleep(exchange.slow_seconds)
    return await _sent(exchange, exchange.truth())


async def _dripping(exchange: Exchange) -> None:
    """Bytes keep coming, so that no pause between them is ever long, for as long as `slow_seconds`."""
    await exchange.connection.begin(200, ("Content-Type", JSON), ("Connection", "close"))
    until = time.monotonic() + exchange.slow_seconds
    await exchange.connection.raw(b"{")
    while time.monotonic() < until:
        await exchange.connection.raw(b" ")
        await asyncio.sleep(0.02)


async def _hold(exchange: Exchange) -> int:
    await asyncio.to_thread(exchange.wait_for_release)
    return await _sent(exchange, exchange.truth())


async def _reset(exchange: Exchange) -> None:
    exchange.connection.reset()


async def _gigabyte(exchange: Exchange) -> None:
    await exchange.connection.begin(200, ("Content-Type", JSON), ("Connection", "close"))
    for piece in bodies.gigabyte():
        await exchange.connection.raw(piece)


async def _gigabyte_announced(exchange: Exchange) -> None:
    """The header says a GiB, and nothing comes."""
    size = str(bodies.GIGABYTE * bodies.MIB)
    await exchange.connection.begin(200, ("Content-Type", JSON), ("Content-Length", size))
    await exchange.connection.raw(b"[")


async def _gzip_bomb(exchange: Exchange) -> int:
    bomb = await asyncio.to_thread(bodies.gzip_bomb)
    return await _sent(exchange, Answer(200, bomb, JSON, (("Content-Encoding", "gzip"),)))


async def _endless_redirect(exchange: Exchange) -> int:
    """Each answer sends on to the next address; the server knows these by their path and goes on with it."""
    path = exchange.request.path
    hop = int(path.removeprefix(ENDLESS)) + 1 if path.startswith(ENDLESS) else 1
    return await _sent(exchange, Answer(302, b"", HTML, (("Location", f"{ENDLESS}{hop}"),)))


FAULTS: dict[str, Fault] = {
    "401": _failure(401),
    "403-html": _fixed(403, NO_CONTACT, kind=HTML),
    "404": _failure(404),
    "429": _failure(429, Retry_After="1"),
    "429-0": _failure(429, Retry_After="0"),
    "429-30": _failure(429, Retry_After="30"),
    "429-3600": _failure(429, Retry_After="3600"),
    "429-date": _failure(429, Retry_After=FAR_DATE),
    "429-silent": _failure(429),
    "500": _failure(500),
    "500-echo": _echo,
    "502": _failure(502),
    "503": _failure(503),
    "504": _failure(504),
    "200-html": _fixed(200, MAINTENANCE, kind=HTML),
    "200-cut": _made_of(bodies.cut),
    "200-chunks-end": _chunks_end,
    "200-empty": _fixed(200, b""),
    "200-latin-1": _made_of(bodies.in_latin_1),
    "200-list": _fixed(200, b"[]"),
    "200-null": _fixed(200, b"null"),
    "200-number": _fixed(200, b"42"),
    "slow": _slow,
    "dripping": _dripping,
    "hold": _hold,
    "reset": _reset,
    "gigabyte": _gigabyte,
    "gigabyte-announced": _gigabyte_announced,
    "gzip-bomb": _gzip_bomb,
    "nested": lambda exchange: _sent(exchange, Answer(200, bodies.nested())),
    "script": _made_of(bodies.with_script),
    "endless-redirect": _endless_redirect,
}
"""Name → what it does. The names are those of Wikidata's stand-in too, where both can do it."""
