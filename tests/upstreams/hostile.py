"""A server that keeps to nothing: it sends the bytes it was given, over plain TCP, whatever it was asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

Send = Callable[[bytes], Awaitable[None]]
Behaviour = Callable[[bytes, Send], Awaitable[None]]
"""Given the head of a request and a way to send bytes; when it returns the connection is closed."""

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"


class HostileServer:
    """A context manager. `heads` are the requests so far, each up to its empty line."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.heads: list[bytes] = []
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._answering: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)

        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            # What is left unread when a connection is closed would take the answer with it.
            await reader.readexactly(_length_of_body(head))
            await self._behaviour(head, send)
        writer.close()
        self._answering.discard(task)


def _length_of_body(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name == b"content-length"), 0)


def sends(*pieces: bytes) -> Behaviour:
    """Sends these bytes, and closes the connection."""

    async def behave(_head: bytes, send: Send) -> None:
        for piece in pieces:
            await send(piece)

    return behave


def goes_on(start: bytes, again: bytes, *, pause: float = 0.0, times: int = 10**9) -> Behaviour:
    """Sends the start, and then the same again and again."""

    async def behave(_head: bytes, send: Send) -> None:
        await send(start)
        for _ in range(times):
            await send(again)
            await asyncio.sleep(pause)

    return behave


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer in good order."""
    lines = (b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body), b"Connection: close", b"", body)
    return b"\r\n".join(lines)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def redirects(to: bytes, *, status: bytes = b"302 Found") -> Behaviour:
    return sends(whole(b"", b"Location: " + to, status=status))


def silent() -> Behaviour:
    """Takes the request and never says a word."""

    async def behave(_head: bytes, _send: Send) -> None:
        await asyncio.sleep(3600)

    return behave


def echoes(*, status: bytes = b"200 OK", before: bytes = b"", after: bytes = b"", headers: bytes = b"") -> Behaviour:
    """Answers with the request itself, keys and all, between two other things; `%s` in the headers is its path."""

    async def behave(head: bytes, send: Send) -> None:
        path = head.split(b" ")[1]
        more = [headers.replace(b"%s", path)] if headers else []
        await send(whole(before + head.strip() + after, *more, status=status))

    return behave
