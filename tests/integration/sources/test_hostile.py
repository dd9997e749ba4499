"""Whatever an upstream sends: a clear error, within the time and the memory that were given."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from adaptapedia.sources.errors import Rejected, SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.fetching import Patience
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import CALM, KEY, MIB, QUICK, growth, open_library, tmdb, wikidata
from tests.upstreams import bodies
from tests.upstreams.hostile import (
    CHUNKED,
    JSON,
    Behaviour,
    HostileServer,
    chunk,
    goes_on,
    redirects,
    sends,
    silent,
    whole,
)

ELSEWHERE = b"http://127.0.0.2:1/movie/1"
MANY = b"[" + b"{}," * (5 * MIB) + b"0]"
GZIP = b"Content-Encoding: gzip"

GZIP_IN_GZIP = (
    sends(whole(gzip.compress(bodies.gzip_bomb()), b"Content-Encoding: gzip, gzip")),
    Truncated,
    "packed as gzip, gzip",
)

Ask = Callable[[str, Patience], Coroutine[Any, Any, object]]

HOSTILE: dict[str, tuple[Behaviour, type[SourceError], str]] = {
    "a gigabyte": (goes_on(JSON + b"\r\n[", b'"%s",' % (b"x" * 65_536), times=16_384), Unavailable, "no end"),
    "a gigabyte in chunks": (goes_on(CHUNKED, chunk(b"x" * 65_536), times=16_384), Unavailable, "no end"),
    "a gigabyte announced": (sends(JSON + b"Content-Length: 1073741824\r\n\r\n{"), Truncated, "ended early"),
    "a gzip bomb": (sends(whole(bodies.gzip_bomb(), GZIP)), Unavailable, "no end"),
    "gzip that goes on behind its end": (
        goes_on(JSON + GZIP + b"\r\n\r\n" + gzip.compress(b"{}"), b"x" * 65_536),
        Truncated,
        "behind its end",
    ),
    "gzip cut off": (sends(whole(gzip.compress(b"{}" * 999)[:-9], GZIP)), Truncated, "cannot be unpacked"),
    "a packing nobody asked for": (sends(whole(b"{}", b"Content-Encoding: br")), Truncated, "packed as br"),
    "an endless redirect": (redirects(b"/again"), Unavailable, "redirects without end"),
    "a redirect elsewhere": (redirects(ELSEWHERE), Unavailable, "to another host"),
    "a redirect to another scheme": (redirects(b"file:///etc/passwd"), Unavailable, "to another host"),
    "a redirect to no address": (redirects(b"http://[", status=b"308 Permanent Redirect"), Unavailable, "another host"),
    "a redirect with signs in it": (redirects(b"//\x01\xff/"), Unavailable, "Invalid URL in location"),
    "nesting of 100,000 levels": (sends(whole(bodies.nested())), Unavailable, "no JSON"),
    "millions of values": (sends(whole(MANY)), Unavailable, "too many values"),
    "another charset": (sends(whole('{"title": "Léon"}'.encode("latin-1"))), Unavailable, "no JSON"),
    "another charset that is no text": (sends(whole(bytes(range(256)))), Unavailable, "no JSON"),
    "dripping bytes": (goes_on(CHUNKED, chunk(b" "), pause=0.05), TimedOut, "did not answer within"),
    "silence": (silent(), TimedOut, "did not answer within"),
    "slow headers": (goes_on(b"HTTP/1.1 200 OK\r\nX: ", b"x", pause=0.05), TimedOut, "did not answer within"),
    "huge headers": (goes_on(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536, times=1000), Unavailable, "no answer in HTTP"),
    "many headers": (goes_on(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n" * 9999, times=1000), Unavailable, "no answer in HTTP"),
    "endless informational answers": (
        goes_on(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        TimedOut,
        "did not answer within",
    ),
    "a larger Content-Length": (sends(JSON + b"Content-Length: 99\r\n\r\n{}"), Truncated, "ended early"),
    "a smaller Content-Length": (sends(JSON + b'Content-Length: 9\r\n\r\n{"id": 438631}'), Truncated, "the beginning"),
    "a Content-Length of words": (sends(JSON + b"Content-Length: some\r\n\r\n{}"), Unavailable, "no answer in HTTP"),
    "chunks cut off": (sends(CHUNKED + chunk(b'{"id": 1}')), Truncated, "ended early"),
    "chunks of no size": (sends(CHUNKED + b"many\r\n{}\r\n"), Truncated, "ended early"),
    "a page of HTML": (sends(whole(b"<!doctype html><p>Back soon")), Unavailable, "HTML or XML"),
    "a page of HTML that says 404": (sends(whole(b"<p>?", status=b"404 Not Found")), Unavailable, "404 was not"),
    "nothing": (sends(whole(b"")), Truncated, "nothing at all"),
    "not a byte": (sends(), Unavailable, "no answer in HTTP"),
    "something that is no HTTP": (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), Unavailable, "no answer in HTTP"),
    "304 that nobody asked for": (sends(whole(b"", status=b"304 Not Modified")), Unavailable, "304"),
    "half of the JSON": (sends(whole(b'{"id": 438631, "tit')), Truncated, "the beginning"),
}


async def ask_tmdb(url: str, patience: Patience) -> object:
    async with tmdb(url, patience=patience) as client:
        return await client.title(TitleRef(TitleKind.MOVIE, 438631))


async def ask_open_library(url: str, patience: Patience) -> object:
    async with open_library(url, patience=patience) as client:
        return await client.description("OL893415W")


@pytest.mark.parametrize("ask", [ask_tmdb, ask_open_library])
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_a_clear_error_in_bounded_time_and_memory(name: str, ask: Ask) -> None:
    behaviour, kind, words = HOSTILE[name]
    with HostileServer(behaviour) as server, growth() as grown:
        began = time.monotonic()
        with pytest.raises(SourceError) as raised:
            asyncio.run(ask(server.url, QUICK if kind is TimedOut else CALM))
        took = time.monotonic() - began

        assert grown() < 64
    assert type(raised.value) is kind
    assert words in f"{raised.value} {raised.value.evidence}"
    assert took < 15
    assert len(str(raised.value)) < 200
    assert len(raised.value.evidence) <= 500
    assert KEY not in f"{raised.value!r} {raised.value.__notes__ if hasattr(raised.value, '__notes__') else ''}"
    assert len(server.heads) == (4 if name == "an endless redirect" else 1)


OF_WIKIDATA: dict[str, tuple[type[SourceError], str]] = {
    "an endless redirect": (Unavailable, "HTTP 302"),
    "a redirect elsewhere": (Unavailable, "HTTP 302"),
    "a redirect to another scheme": (Unavailable, "HTTP 302"),
    "a redirect to no address": (Unavailable, "HTTP 308"),
    "another charset": (Truncated, "ended early"),
    "a page of HTML that says 404": (Rejected, "HTTP 404"),
    "half of the JSON": (Truncated, "ended early"),
    "a smaller Content-Length": (Truncated, "ended early"),
}
"""What the query service means by it, where that is something else: it redirects nobody, and its answers are cut."""


@pytest.mark.parametrize("name", [*HOSTILE, "gzip in gzip"])
def test_so_it_is_with_wikidata(name: str) -> None:
    behaviour, kind, words = HOSTILE.get(name, GZIP_IN_GZIP)
    kind, words = OF_WIKIDATA.get(name, (kind, words))
    timeout = 1.0 if kind is TimedOut else 30.0
    with HostileServer(behaviour) as server, growth() as grown, wikidata(server.url, timeout=timeout) as client:
        began = time.monotonic()
        with pytest.raises(SourceError) as raised:
            client.items([1])
        took = time.monotonic() - began

        assert grown() < 192, "64 MiB of an answer, and once more when it is whole"
    assert type(raised.value) is kind
    assert words in f"{raised.value} {raised.value.evidence}"
    assert took < (15 if kind is TimedOut else 60)
    assert len(str(raised.value)) < 200
    assert len(raised.value.evidence) <= 500
    assert len(server.heads) == (4 if kind in {Unavailable, Truncated} else 1), "a query that takes long is halved"


def test_the_key_goes_along_to_our_own_host_and_to_no_other() -> None:
    title = TitleRef(TitleKind.MOVIE, 1)
    with HostileServer(sends(whole(b"{}"))) as other:

        async def behave(head: bytes, send: Callable[[bytes], Awaitable[None]]) -> None:
            moved = b"/moved?x=1" if b"/moved" not in head else other.url.encode() + b"/stolen"
            await send(whole(b"", b"Location: " + moved, status=b"307 Temporary Redirect"))

        for key, shown in ((KEY, KEY.encode()), ("eyJhbGciOi.eyJhdWQ.c2lnbmF0dXJl", b"Bearer eyJhbGciOi.")):
            with HostileServer(behave) as server:

                async def ask(url: str, key: str) -> None:
                    async with tmdb(url, key=key) as client:
                        await client.title(title)

                with pytest.raises(Unavailable, match="to another host"):
                    asyncio.run(ask(server.url, key))
            assert [shown in head for head in server.heads] == [True, True]
            assert b"x=1" in server.heads[1]
    assert other.heads == []


def test_a_body_as_large_as_allowed_is_read() -> None:
    body = b'{"key": "/works/OL1W", "description": "%s"}'
    body = body.replace(b"%s", b"x" * (16 * MIB - len(body) + 2))

    async def ask(url: str) -> str:
        async with open_library(url) as client:
            return (await client.description("OL1W")).problems[0].reason

    with HostileServer(sends(whole(body))) as server, growth() as grown:
        assert asyncio.run(ask(server.url)) == "text_too_long"
        assert grown() < 64
