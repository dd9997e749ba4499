"""Far ends of alerts on loopback: a web server that takes notes, and a mail server."""

import gzip
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli

UNPACKED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@dataclass
class Listener:
    """A web server; `plan` holds the statuses of the next answers, then it is 200. None: it never answers."""

    address: str = ""
    plan: list[int | None] = field(default_factory=list)
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def told(self) -> list[Any]:
        """What was posted as JSON."""
        return [json.loads(body) for _, _, body in self.calls]


@contextmanager
def listening() -> Iterator[Listener]:
    """A web server on loopback."""
    listener = Listener()
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = UNPACKED[self.headers.get("Content-Encoding", "")](body)
            listener.calls.append((self.command, self.path, body))
            status = listener.plan.pop(0) if listener.plan else 200
            if status is None:
                self._drip()
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def _drip(self) -> None:
            """An answer that goes on and on, a header at a time."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            began = time.monotonic()
            while not ended.wait(0.1) and time.monotonic() - began < 60:
                self.wfile.write(b"X-Drip: drip\r\n")

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # who hangs up early is meant to
        listener.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield listener
        finally:
            ended.set()
            server.shutdown()


@dataclass
class Mailbox:
    """What a mail server has taken."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """An SMTP server on loopback that takes everything (RFC 5321, as much of it as smtplib speaks)."""
    mailbox = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 sink\r\n")
            to: list[str] = []
            while line := self.rfile.readline().strip():
                word = line[:4].upper()
                if word == b"RCPT":
                    to.append(line.decode().partition("<")[2].rstrip(">"))
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    mailbox.letters.append(self._letter())
                    mailbox.recipients.append(to)
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            letter = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            return letter

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield mailbox
        finally:
            server.shutdown()
