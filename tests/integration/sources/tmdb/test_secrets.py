"""The key is in no error, note, traceback or line of a log, whatever TMDb does with it."""

import asyncio
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from adaptapedia.sources.errors import SourceError, Unavailable
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import KEY, QUICK, TOKEN, tmdb
from tests.unit.sources.records import PAYLOADS
from tests.upstreams.hostile import Behaviour, HostileServer, echoes, redirects, sends, silent, whole
from tests.upstreams.http2 import Headers, Http2Server, Talk

CHECKOUT = Path(__file__).resolve().parents[4]
FILM = TitleRef(TitleKind.MOVIE, 438631)
ODD_KEY = "not+a/real=key%of&any?shape"
PADDED = b" " * 431

HOSTILE: dict[str, Behaviour] = {
    "as words": echoes(),
    "as a page": echoes(before=b"<html>"),
    "as a page that fails": echoes(before=b"<html>", status=b"500 Internal Server Error"),
    "as a page that refuses": echoes(before=b"<html>", status=b"418 I'm a teapot"),
    "as a bad key": echoes(before=b'{"success": false, "status_code": 7, "status_message": "', status=b"401 No"),
    "as gone": echoes(before=b'{"status_code": 34, "status_message": "', after=b'"}', status=b"404 Not Found"),
    "as too many": echoes(status=b"429 Too Many Requests"),
    "cut in the middle": echoes(before=PADDED, status=b"500 Internal Server Error"),
    "as half of an answer": echoes(before=b'{"id": 438631, "title": "'),
    "in a redirect elsewhere": echoes(status=b"302 Found", headers=b"Location: http://127.0.0.2:1%s"),
    "in a redirect to itself": echoes(status=b"302 Found", headers=b"Location: %s"),
    "in a redirect that is none": echoes(status=b"302 Found", headers=b"Location: http://[%s"),
    "in a header that is too long": echoes(headers=b"X-Was: %s" + b"x" * 200_000),
    "in a packing": echoes(headers=b"Content-Encoding: %s"),
    "in the ETag of an answer that is none": echoes(headers=b'ETag: "%s"'),
    "another": redirects(b"http://127.0.0.2:1/"),
    "silence": silent(),
    "nothing": sends(),
    "an answer about another title": sends(whole(b'{"id": 1, "api_key": "%s"}' % KEY.encode())),
    "in a whole answer": echoes(before=b'{"id": 438631, "title": "', after=b'"}'),
    "names": sends(whole(b'{"%s": 1, "%s": 2, "id": 1}' % (KEY.encode(), TOKEN.encode()))),
}


def spellings(key: str) -> set[str]:
    return {key, quote(key), quote(key, safe=""), *key.split("."), key[:24], key[-24:]} - {""}


async def ask(url: str, key: str) -> None:
    async with tmdb(url, key=key, patience=QUICK) as client:
        assert not [one for one in spellings(key) if one in f"{client!r} {client} {vars(client)}"]
        await client.title(FILM, etag='W/"1"')


@pytest.mark.parametrize("key", [KEY, TOKEN, ODD_KEY], ids=["key", "token", "odd"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_error_shows_it(name: str, key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with HostileServer(HOSTILE[name]) as server, pytest.raises(SourceError) as raised:
        asyncio.run(ask(server.url, key))
    asked = server.heads[0].decode()

    shown = "\n".join(traceback.format_exception(raised.value))
    shown += f"{raised.value!r} {raised.value.args} {raised.value.evidence} {vars(raised.value)} {caplog.text}"
    assert any(one in asked for one in spellings(key))
    assert [one for one in spellings(key) if one in shown] == []


def test_no_record_holds_it_either() -> None:
    body = (PAYLOADS / "tmdb" / "movie-438631-whole.json").read_bytes().replace(b"It begins.", KEY.encode())

    with HostileServer(sends(whole(body))) as server, pytest.raises(Unavailable, match="with our key in its answer"):
        asyncio.run(ask(server.url, KEY))


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An address and the certificate to trust; every answer there is a title."""
    body = (PAYLOADS / "tmdb" / "movie-438631-whole.json").read_bytes()

    def answer(talk: Talk, stream: int, _headers: Headers) -> None:
        talk.answer(stream, body)

    if request.param == "HTTP/1.1":
        with HostileServer(sends(whole(body))) as server:
            yield server.url, "-"
    else:
        with Http2Server(answer) as secure:
            path = tmp_path / "authority.pem"
            path.write_bytes(secure.certificate)
            yield secure.url, str(path)


@pytest.mark.parametrize("key", [KEY, TOKEN], ids=["key", "token"])
@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_no_line_of_a_log_shows_it(served: tuple[str, str], key: str, path: str) -> None:
    url, certificate = served
    program = [sys.executable, "-m", "tests.integration.sources.asks_in_debug"]
    ran = subprocess.run(
        [*program, url if not path else "http://127.0.0.1:9", settings.BUDGET_URL, certificate],
        input=key,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=60,
        check=True,
    )

    assert "It ended" in ran.stdout
    assert "The client is" in ran.stderr
    assert ("It failed" in ran.stderr) == bool(path)
    assert [one for one in spellings(key) if one in ran.stdout + ran.stderr] == []
