"""What Wikidata's query service is known to do to those who ask it, as it looks on the wire."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.upstreams import bodies
from tests.upstreams.control import CONTROL
from tests.upstreams.messages import Answer, Request, names_contact
from tests.upstreams.messages import Asked as AskedAnything

JSON = "application/sparql-results+json"
HTML = "text/html; charset=utf-8"


@dataclass(slots=True)
class Asked(AskedAnything):
    """One request as it came in; it is told by its query. `wait`: one too many, which may come again after so long."""

    wait: int | None = None

    @property
    def query(self) -> str:
        return self.target


class Owner(Protocol):
    """The proxy that a handler answers for."""

    slow_seconds: float

    def noted(self, handler: Handler, query: str) -> AbstractContextManager[Asked]: ...
    def pass_on(self, query: str) -> httpx.Response: ...
    def wait_for_release(self) -> None: ...
    def control(self, request: Request) -> Answer: ...


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Owner
    asked: Asked | None = None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith(CONTROL):
            return self._control(body)
        return self._handle(parse_qs(body.decode())["query"][0])

    def do_GET(self) -> None:
        if self.path.startswith(ENDLESS):
            return _endless_redirect(self, "")
        if self.path.startswith(CONTROL):
            return self._control()
        return self._handle(parse_qs(urlsplit(self.path).query)["query"][0])

    def do_DELETE(self) -> None:
        self._control()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest shows what matters."""

    def send_response(self, code: int, message: str | None = None) -> None:
        if self.asked is not None:
            self.asked.status = code
        super().send_response(code, message)

    def answer(self, status: int, body: bytes, *, kind: str = JSON, **headers: str) -> None:
        """A whole answer; `Retry_After="30"` becomes a header."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_cut(self, body: bytes) -> None:
        """A chunked answer whose end never comes."""
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
        self.close_connection = True

    def _control(self, body: bytes = b"") -> None:
        answer = self.owner.control(Request(self.command, self.path, {}, body))
        self.answer(answer.status, answer.body, kind=answer.kind)

    def _handle(self, query: str) -> None:
        with self.owner.noted(self, query) as self.asked:
            if self.asked.wait is not None:
                self.answer(429, TOO_MANY, kind=HTML, Retry_After=str(self.asked.wait))
            elif self.asked.fault is not None:
                FAULTS[self.asked.fault](self, query)
            elif not names_contact(self.asked.user_agent):
                self.answer(403, NO_CONTACT, kind=HTML)
            else:
                self.pass_on(query)
        self.asked = None

    def pass_on(self, query: str) -> None:
        found = self.owner.pass_on(query)
        body, headers = found.content, {}
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body, 1), {"Content_Encoding": "gzip"}
        self.answer(found.status_code, body, kind=found.headers.get("Content-Type", JSON), **headers)

    def true_body(self, query: str) -> bytes:
        return self.owner.pass_on(query).content


JAVA_TRACE = b"""\
SPARQL-QUERY: queryStr=SELECT ?item ?property ?value WHERE { ?item ?property ?value }
java.util.concurrent.TimeoutException
\tat java.util.concurrent.FutureTask.get(FutureTask.java:205)
\tat com.bigdata.rdf.sail.webapp.BigdataServlet.submitApiTask(BigdataServlet.java:292)
\tat com.bigdata.rdf.sail.webapp.QueryServlet.doSparqlQuery(QueryServlet.java:678)
"""
BROKEN_TRACE = b"""\
SPARQL-QUERY: queryStr=SELECT ?item ?property ?value WHERE { ?item ?property ?value }
java.util.concurrent.ExecutionException: java.lang.RuntimeException: java.io.IOException: checksum error
\tat java.util.concurrent.FutureTask.report(FutureTask.java:122)
\tat com.bigdata.rdf.sail.webapp.QueryServlet.doSparqlQuery(QueryServlet.java:678)
"""
NO_CONTACT = b"""\
<!DOCTYPE html><html lang=en><title>403 Forbidden</title><h1>Forbidden</h1>
<p>Please set a user-agent and respect our robot policy https://w.wiki/4wJS. See also T400119.</p></html>
"""
TOO_MANY = b"""\
<!DOCTYPE html><html lang=en><title>429 Too Many Requests</title><h1>Too Many Requests</h1>
<p>You are sending too many requests. Please retry later.</p></html>
"""
MAINTENANCE = b"<html><head><title>Wikimedia Error</title></head><body>Our servers are under maintenance.</body></html>"
HALF = 0.55
ENDLESS = "/endless/"


def _in_a_token(body: bytes) -> bytes:
    """The first half of a body, ending within the IRI of a value."""
    return body[: body.index(b"value", int(len(body) * HALF)) + len(b'value":"htt')]


def _stopped_in_a_token(handler: Handler, query: str) -> None:
    handler.answer(200, _in_a_token(handler.true_body(query)) + b"\n" + JAVA_TRACE)


def _stopped_as_oxigraph_does(handler: Handler, query: str) -> None:
    body = handler.true_body(query)
    rows = body[: body.rindex(b"}", 0, max(60, int(len(body) * HALF))) + 1]
    handler.answer(200, rows + b"The SPARQL operation has been cancelled")


def _cut_in_a_token(handler: Handler, query: str) -> None:
    handler.answer(200, _in_a_token(handler.true_body(query)))


def _chunks_end(handler: Handler, query: str) -> None:
    handler.answer_cut(_in_a_token(handler.true_body(query)))


def _fewer_rows(handler: Handler, query: str) -> None:
    """Well-formed, and as if it were whole: every second row is missing, the count is there."""
    found = json.loads(handler.true_body(query))
    rows = found["results"]["bindings"]
    counts, others = [row for row in rows if set(row) == {"count"}], [row for row in rows if set(row) != {"count"}]
    found["results"]["bindings"] = counts + others[::2] if len(others) > 1 else counts
    handler.answer(200, json.dumps(found).encode())


def _no_count(handler: Handler, query: str) -> None:
    found = json.loads(handler.true_body(query))
    found["results"]["bindings"] = [row for row in found["results"]["bindings"] if set(row) != {"count"}]
    handler.answer(200, json.dumps(found).encode())


def _half_a_row(handler: Handler, query: str) -> None:
    found = json.loads(handler.true_body(query))
    row = max(found["results"]["bindings"], key=len)
    row.pop(sorted(row)[-1])
    row["unasked"] = {"type": "literal", "value": "?"}
    handler.answer(200, json.dumps(found).encode())


def _empty(handler: Handler, query: str) -> None:
    handler.answer(200, b'{"head":{"vars":["item","property","value","count"]},"results":{"bindings":[]}}')


def _slow(handler: Handler, query: str) -> None:
    time.sleep(handler.owner.slow_seconds)
    handler.pass_on(query)


def _dripping(handler: Handler, query: str) -> None:
    """Bytes keep coming, so that no pause between them is ever long, for as long as `slow_seconds`."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.end_headers()
    handler.close_connection = True
    until = time.monotonic() + handler.owner.slow_seconds
    handler.wfile.write(b'{"head":{},')
    while time.monotonic() < until:
        handler.wfile.write(b" ")
        time.sleep(0.02)


def _hold(handler: Handler, query: str) -> None:
    handler.owner.wait_for_release()
    handler.pass_on(query)


def _reset(handler: Handler, query: str) -> None:
    """The connection is torn down before anything is answered."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def _endless_redirect(handler: Handler, query: str) -> None:
    """Each answer sends on to the next address; `Handler` knows these by their path and goes on with it."""
    hop = int(handler.path.rpartition("/")[2]) + 1 if handler.path.startswith(ENDLESS) else 1
    handler.answer(302, b"", kind=HTML, Location=f"{ENDLESS}{hop}")


def _gigabyte(handler: Handler, query: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.end_headers()
    handler.close_connection = True
    for piece in bodies.gigabyte():
        handler.wfile.write(piece)


def _gigabyte_announced(handler: Handler, query: str) -> None:
    """The header says a GiB, and nothing comes."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", str(bodies.GIGABYTE * bodies.MIB))
    handler.end_headers()
    handler.wfile.write(b"[")
    handler.close_connection = True


def _made_of(change: Callable[[bytes], bytes]) -> Callable[[Handler, str], None]:
    return lambda handler, query: handler.answer(200, change(handler.true_body(query)))


def _status(status: int, body: bytes, *, kind: str = HTML, **headers: str) -> Callable[[Handler, str], None]:
    return lambda handler, _query: handler.answer(status, body, kind=kind, **headers)


FAULTS: dict[str, Callable[[Handler, str], None]] = {
    "401": _status(401, b"<html><body><h1>401 Unauthorized</h1></body></html>"),
    "403-html": _status(403, NO_CONTACT),
    "429": _status(429, TOO_MANY, Retry_After="1"),
    "429-0": _status(429, TOO_MANY, Retry_After="0"),
    "429-30": _status(429, TOO_MANY, Retry_After="30"),
    "429-3600": _status(429, TOO_MANY, Retry_After="3600"),
    "429-date": _status(429, TOO_MANY, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"),
    "429-silent": _status(429, TOO_MANY),
    "400": _status(400, b"SPARQL-QUERY: queryStr=SELEC\norg.openrdf.query.MalformedQueryException", kind="text/plain"),
    "500": _status(500, MAINTENANCE),
    "500-timeout": _status(500, JAVA_TRACE, kind="text/plain"),
    "500-broken": _status(500, BROKEN_TRACE, kind="text/plain"),
    "502": _status(502, MAINTENANCE),
    "503": _status(503, MAINTENANCE),
    "504": _status(504, MAINTENANCE),
    "200-html": _status(200, MAINTENANCE),
    "200-timeout": _stopped_in_a_token,
    "200-timeout-oxigraph": _stopped_as_oxigraph_does,
    "200-cut": _cut_in_a_token,
    "200-chunks-end": _chunks_end,
    "200-fewer-rows": _fewer_rows,
    "200-no-count": _no_count,
    "200-half-a-row": _half_a_row,
    "200-empty": _status(200, b"", kind=JSON),
    "200-latin-1": _made_of(bodies.in_latin_1),
    "200-list": _status(200, b"[]", kind=JSON),
    "200-null": _status(200, b"null", kind=JSON),
    "200-number": _status(200, b"42", kind=JSON),
    "empty": _empty,
    "slow": _slow,
    "dripping": _dripping,
    "hold": _hold,
    "reset": _reset,
    "gigabyte": _gigabyte,
    "gigabyte-announced": _gigabyte_announced,
    "gzip-bomb": lambda handler, _query: handler.answer(200, bodies.gzip_bomb(), Content_Encoding="gzip"),
    "nested": lambda handler, _query: handler.answer(200, bodies.nested()),
    "script": _made_of(bodies.with_script),
    "endless-redirect": _endless_redirect,
}
"""Name → what it does. `slow` passes on after the proxy's `slow_seconds`, `hold` when the proxy is told to."""
