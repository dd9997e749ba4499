"""One connection of a client to a stand-in, over h11, so that every byte is ours."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus

import h11

from tests.upstreams.messages import Answer, Request

READ = 2**16
UNSAID_WITH_304 = {"Content-Type", "Content-Length"}


class Connection:
    """Requests one after another. After an answer that was not sent whole the connection ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)
        self._whole = True

    async def next_request(self) -> Request | None:
        """The next request, or None when there will be none. Raises h11.RemoteProtocolError for what is no HTTP."""
        if not self._whole:
            return None
        if self._http.our_state is not h11.IDLE:
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return None
            self._http.start_next_cycle()
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
                return Request(head.method.decode(), head.target.decode(), headers, bytes(body))
            else:
                return None

    async def send(self, answer: Answer) -> None:
        """A whole answer."""
        headers = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.body))), *answer.headers]
        if answer.status == 304:
            headers = [header for header in headers if header[0] not in UNSAID_WITH_304]
        parts: list[h11.Event] = [h11.Response(status_code=answer.status, headers=headers)]
        if answer.body and answer.status != 304:
            parts.append(h11.Data(data=answer.body))
        self._writer.write(b"".join(self._http.send(part) or b"" for part in (*parts, h11.EndOfMessage())))
        await self._writer.drain()

    async def begin(self, status: int, *headers: tuple[str, str]) -> None:
        """The beginning of an answer that will not be one, with just these headers; the rest goes through `raw`."""
        self._whole = False
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
        await self.raw("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def raw(self, data: bytes) -> None:
        """Bytes as they are. Raises ConnectionError when the client has gone."""
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        """Tear the connection down, so that the client sees a reset."""
        self._whole = False
        plug: socket.socket = self._writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                await self.raw(self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            self._http.receive_data(await self._reader.read(READ))
        return event
