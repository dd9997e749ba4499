"""A loopback TCP port before a server's Unix socket, whose connections can be cut, or stay open and pass nothing."""

import asyncio
import random
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER without a wait: closing tells the other end by a reset, as a router does that forgot the connection."""


class Proxy:
    """Takes connections at `port` and hands each on to a socket of its own at the server."""

    def __init__(self, server: Path) -> None:
        self.server = server
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._stalled_until = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.cut(share=1)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self, *, share: float, draw: random.Random | None = None) -> int:
        """Reset so large a share of the connections that there are, drawn at random; how many."""
        done: list[int] = []
        cut = Event()

        def reset() -> None:
            doomed = [one for one in self._open if draw is None or draw.random() < share]
            for writer in doomed:
                plug: socket.socket = writer.get_extra_info("socket")
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()
            done.append(len(doomed))
            cut.set()

        self._loop.call_soon_threadsafe(reset)
        cut.wait(10)
        return sum(done)

    def stall(self, seconds: float) -> None:
        """Pass no byte for so long, on the connections that there are and on new ones; 0 goes on at once."""
        self._stalled_until = time.monotonic() + seconds

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._pass, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either end or a cut ends it."""
        try:
            there, here = await asyncio.open_unix_connection(self.server)
        except OSError:
            writer.transport.abort()
            return
        self._open.add(writer)
        ways = [asyncio.create_task(self._copy(reader, here)), asyncio.create_task(self._copy(there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(writer)
            for way in ways:
                way.cancel()
            for end in (here, writer):
                end.close()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, OSError):
            while data := await source.read(65_536):
                while time.monotonic() < self._stalled_until:
                    await asyncio.sleep(0.02)
                target.write(data)
                await target.drain()
