"""A small server that speaks HTTP/2 over TLS, with a certificate of its own; it answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import trustme

Headers = dict[str, str]
Behaviour = Callable[["Talk", int, Headers], None]
"""Given the connection, the number of the stream and the request's headers."""


@dataclass(slots=True)
class Talk:
    """One connection, while it is open."""

    http: h2.connection.H2Connection
    writer: asyncio.StreamWriter
    headers: list[Headers] = field(default_factory=list)

    def answer(self, stream: int, body: bytes, *, status: int = 200, end: bool = True) -> None:
        self.http.send_headers(stream, [(":status", str(status)), ("content-type", "application/json")])
        self.http.send_data(stream, body, end_stream=end)

    def raw(self, data: bytes) -> None:
        self.writer.write(self.http.data_to_send() + data)


class Http2Server:
    """A context manager. `trust` is what a client must verify with; `talks` are the connections so far."""

    def __init__(self, behaviour: Behaviour, *, protocols: tuple[str, ...] = ("h2", "http/1.1")) -> None:
        authority = trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost").configure_cert(self._tls)
        self._tls.set_alpn_protocols(protocols)
        self._authority = authority
        self._behaviour = behaviour
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.talks: list[Talk] = []
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
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> bytes:
        """Of the authority, for another process to trust."""
        return self._authority.cert_pem.bytes()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "localhost", 0, ssl=self._tls, family=2)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        talk = Talk(h2.connection.H2Connection(config=config), writer)
        self.talks.append(talk)
        talk.http.initiate_connection()
        with suppress(ConnectionError, h2.exceptions.ProtocolError, ssl.SSLError):
            talk.raw(b"")
            while data := await reader.read(65_536):
                self._receive(talk, data)
                talk.raw(b"")
                await writer.drain()
        writer.close()
        self._open.discard(task)

    def _receive(self, talk: Talk, data: bytes) -> None:
        for event in talk.http.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                headers = {str(name): str(value) for name, value in event.headers or []}
                talk.headers.append(headers)
                self._behaviour(talk, event.stream_id or 0, headers)
