"""A small HTTP server on loopback for the upstreams that answer JSON, in a thread of its own."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, Self

import h11

from tests.ports import free_port
from tests.upstreams.connection import Connection
from tests.upstreams.control import CONTROL, control
from tests.upstreams.json_faults import ENDLESS, FAULTS, Exchange, Words
from tests.upstreams.limiter import Limiter
from tests.upstreams.messages import Answer, Asked, Log, Request
from tests.upstreams.misbehaviour import Misbehaviour

PACKED_FROM = 1400
"""Bytes from which an answer is gzipped where the client takes it: what fits into one packet stays as it is."""


class Upstream(Words, Protocol):
    """What answers: its own addresses, its own errors."""

    def refuse(self, request: Request) -> Answer | None:
        """The answer to a request that is not looked at any further: no key, no contact."""

    def answer(self, request: Request) -> Answer: ...


class Server(Misbehaviour):
    """An upstream on loopback. A context manager; `origin` is its address without a path.

    What happens to a request, in this order: it is noted, it waits `latency` seconds, it may be one too many,
    it meets its fault where one is due (`json_faults.FAULTS`; told by its target), it may be refused, it is
    answered. Everything may be changed while it runs: `server.latency = 0.05`, `server.limiter = None`.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        limiter: Limiter | None = None,
        latency: float = 0.0,
        slow_seconds: float = 1.0,
        port: int | None = None,
    ) -> None:
        super().__init__(FAULTS)
        self.upstream = upstream
        self.limiter = limiter
        self.latency = latency
        self.slow_seconds = slow_seconds
        self.log = Log[Asked]()
        self._port = port or free_port()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def requests(self) -> list[Asked]:
        return self.log.requests

    def up(self) -> None:
        """Open the port (again). Raises OSError where somebody else has it."""
        if self._thread is None:
            loop = asyncio.new_event_loop()
            try:
                listening = loop.run_until_complete(
                    asyncio.start_server(self._connected, "127.0.0.1", self._port, backlog=1024)
                )
            except OSError:
                loop.close()
                raise
            self._loop, self._stop = loop, asyncio.Event()
            self._thread = threading.Thread(target=self._run, args=(loop, listening), daemon=True)
            self._thread.start()

    def down(self) -> None:
        """Close the port and what is connected to it, so that connections are refused."""
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = None

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
        self.down()

    def _run(self, loop: asyncio.AbstractEventLoop, listening: asyncio.Server) -> None:
        loop.run_until_complete(self._until_told(listening))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    async def _until_told(self, listening: asyncio.Server) -> None:
        await self._stop.wait()
        listening.close()
        while connections := list(self._connections):  # one that was being accepted may still be added
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        connection = Connection(reader, writer)
        # A client that hangs up, as a killed worker does, or talks nonsense is no fault of ours.
        try:
            with suppress(ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
                while (request := await connection.next_request()) is not None:
                    await self._serve(connection, request)
        finally:
            await connection.close()

    async def _serve(self, connection: Connection, request: Request) -> None:
        if request.path.startswith(CONTROL):
            await connection.send(control(self, self.log, request))
            return
        with self._noted(request) as asked:
            if self.latency:
                await asyncio.sleep(self.latency)
            wait = self.limiter.take() if self.limiter else None
            asked.fault = self._fault(request) if wait is None else None
            if asked.fault is not None:
                asked.status = await FAULTS[asked.fault](self._exchange(connection, request))
                return
            answer = self._answer(request) if wait is None else self._one_too_many(wait)
            asked.status = answer.status
            await connection.send(answer)

    @contextmanager
    def _noted(self, request: Request) -> Iterator[Asked]:
        agent = request.headers.get("user-agent", "")
        self.log.note(asked := Asked(request.method, request.target, agent, time.monotonic()))
        self.log.under_way += 1
        self.log.most_at_once = max(self.log.most_at_once, self.log.under_way)
        try:
            yield asked
        finally:
            self.log.under_way -= 1

    def _fault(self, request: Request) -> str | None:
        return "endless-redirect" if request.path.startswith(ENDLESS) else self.next_fault(request.target)

    def _exchange(self, connection: Connection, request: Request) -> Exchange:
        return Exchange(
            connection,
            request,
            truth=lambda: self._plain(request),
            words=self.upstream,
            slow_seconds=self.slow_seconds,
            wait_for_release=self.wait_for_release,
        )

    def _plain(self, request: Request) -> Answer:
        return self.upstream.refuse(request) or self.upstream.answer(request)

    def _answer(self, request: Request) -> Answer:
        """What the upstream says, gzipped where that is asked for and worth it."""
        said = self._plain(request)
        if len(said.body) < PACKED_FROM or "gzip" not in request.headers.get("accept-encoding", ""):
            return said
        packed = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        return Answer(said.status, gzip.compress(said.body, 1), said.kind, (*said.headers, *packed))

    def _one_too_many(self, wait: int) -> Answer:
        worded = self.upstream.failure(429)
        return Answer(429, worded.body, worded.kind, (("Retry-After", str(wait)),))
