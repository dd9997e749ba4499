"""What is told to Sentry, over the wire, when something breaks."""

import gzip
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import brotli
import pytest

from tests.processes import environment_of_tests

SIGN_IN_THAT_BREAKS = """
import django
django.setup()
import adaptapedia.celery
import sentry_sdk
from django.test import Client
from adaptapedia.api.views import tokens

def breaks(request, *, name, password, code):
    raise RuntimeError("the reason of this fault")

tokens.sign_in = breaks
answer = Client(raise_request_exception=False).post(
    "/api/v1/token/",
    {"username": "mary", "password": "a lantern in the library", "otp": "271828"},
    content_type="application/json",
    headers={"Host": "localhost", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"},
)
assert answer.status_code == 500, answer.status_code
sentry_sdk.flush(timeout=10)
"""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[str]]]:
    """A server that takes what Sentry's would; its DSN, and what came in."""
    taken: list[str] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[self.headers["Content-Encoding"]]
            taken.append(unpack(sent).decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """The test tells what it needs to."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", taken
        server.shutdown()


@pytest.mark.django_db
def test_a_fault_is_told_without_the_password_the_code_or_who_it_was(sentry: tuple[str, list[str]]) -> None:
    address, taken = sentry
    environment = {**environment_of_tests(), "SENTRY_DSN": address}
    subprocess.run([sys.executable, "-c", SIGN_IN_THAT_BREAKS], env=environment, check=True, timeout=120)

    told = "\n".join(taken)
    assert "the reason of this fault" in told
    for secret in ("a lantern in the library", "271828", "mary", "203.0.113.7"):
        assert secret not in told
