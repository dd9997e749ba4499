"""Wikidata's query service for tests: Oxigraph on loopback, and a proxy before it that misbehaves when told to."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx

from tests.ports import free_port
from tests.upstreams.control import control
from tests.upstreams.faults import FAULTS, Asked, Handler
from tests.upstreams.limiter import QueryLimits
from tests.upstreams.messages import Answer, Log, Request
from tests.upstreams.misbehaviour import Misbehaviour
from tests.upstreams.oxigraph import OxigraphServer


class FaultProxy(Misbehaviour):
    """A proxy before a SPARQL server, on loopback. A context manager; `url` is the endpoint to give to a client.

    Without a plan it passes everything on that is within the limits and says whom to contact. Faults go by name, see
    `FAULTS`; requests are told by their query.
    """

    def __init__(
        self,
        target: str,
        *,
        slow_seconds: float = 1.0,
        latency: float = 0.0,
        port: int | None = None,
        limits: QueryLimits | None = None,
    ) -> None:
        """`limits` are the service's own unless told; `proxy.limits = None` lifts them."""
        super().__init__(FAULTS)
        self.target = target
        self.slow_seconds = slow_seconds
        self.latency = latency
        self.limits: QueryLimits | None = limits or QueryLimits()
        self.log = Log[Asked]()
        self._upstream = httpx.Client(timeout=120)
        self._port = port or free_port()
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/sparql"

    @property
    def requests(self) -> list[Asked]:
        return self.log.requests

    def down(self) -> None:
        """Close the port and what is connected to it, so that connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.hang_up()
            self._server.server_close()
            self._server = None

    def up(self) -> None:
        """Open the same port (again)."""
        if self._server is None:
            ours = type("Handler", (Handler,), {"owner": self})
            self._server = _Server(("127.0.0.1", self._port), ours)
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
        self.down()
        self._upstream.close()

    @contextmanager
    def noted(self, handler: Handler, query: str) -> Iterator[Asked]:
        """A request from its coming in to its end: whether it is one too many, and what is to be done to it."""
        asked = Asked(handler.command, query, handler.headers.get("User-Agent", ""), time.monotonic())
        asked.wait = self.limits.begin(asked.user_agent) if self.limits else None
        asked.fault = self.next_fault(query) if asked.wait is None else None
        self._count(asked, 1)
        try:
            yield asked
        finally:
            self._count(asked, -1)
            if self.limits and asked.wait is None:
                failed = asked.status is not None and asked.status >= 400
                self.limits.end(asked.user_agent, seconds=time.monotonic() - asked.at, failed=failed)

    def _count(self, asked: Asked, step: int) -> None:
        with self._mutex:
            if step > 0:
                self.log.note(asked)
            self.log.under_way += step
            self.log.most_at_once = max(self.log.most_at_once, self.log.under_way)

    def control(self, request: Request) -> Answer:
        return control(self, self.log, request)

    def pass_on(self, query: str) -> httpx.Response:
        time.sleep(self.latency)
        headers = {"Accept": "application/sparql-results+json"}
        return self._upstream.post(self.target, data={"query": query}, headers=headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        super().__init__(address, handler)
        self._live: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._live.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._live.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End connections that a client keeps alive."""
        for connection in list(self._live):
            with suppress(OSError):  # its thread may have closed it meanwhile
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, as a killed worker does, is no fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(*ntriples: str | Path) -> Iterator[FaultProxy]:
    """A proxy before an Oxigraph that serves these triples (texts, or paths of files)."""
    with OxigraphServer(*ntriples) as oxigraph, FaultProxy(oxigraph.url) as proxy:
        yield proxy
