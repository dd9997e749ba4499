"""HTTP/2 where it is offered, and what can go wrong with it."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from adaptapedia.sources.errors import SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.sources.clients import CALM, QUICK, TOKEN, tmdb
from tests.unit.sources.records import PAYLOADS
from tests.upstreams.http2 import Behaviour, Headers, Http2Server, Talk

FILM = TitleRef(TitleKind.MOVIE, 438631)
NO_FRAME = b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x"
"""Data of no stream at all: an error of the connection (RFC 9113, 6.1)."""
BODY = (PAYLOADS / "tmdb" / "movie-438631-whole.json").read_bytes()


def answers(talk: Talk, stream: int, headers: Headers) -> None:
    """Every title has the same body but for its number."""
    number = int(headers[":path"].partition("?")[0].rpartition("/")[2])
    talk.answer(stream, json.dumps({**json.loads(BODY), "id": number}).encode()[:65_000])


def fails_once(fault: Behaviour) -> Behaviour:
    """The fault for the first request, true answers for all others."""
    met: list[int] = []

    def behave(talk: Talk, stream: int, headers: Headers) -> None:
        met.append(stream)
        (fault if len(met) == 1 else answers)(talk, stream, headers)

    return behave


def ends_the_stream(talk: Talk, stream: int, _headers: Headers) -> None:
    talk.answer(stream, BODY[:100], end=False)
    talk.http.reset_stream(stream)


def goes_away(talk: Talk, stream: int, _headers: Headers) -> None:
    talk.answer(stream, BODY[:100], end=False)
    talk.http.close_connection(error_code=11, last_stream_id=0)


def sends_rubbish(talk: Talk, stream: int, _headers: Headers) -> None:
    talk.answer(stream, BODY[:100], end=False)
    asyncio.get_running_loop().call_later(0.1, talk.raw, NO_FRAME)


def hangs_up(talk: Talk, stream: int, _headers: Headers) -> None:
    talk.answer(stream, BODY[:100], end=False)
    talk.raw(b"")
    talk.writer.close()


def stalls(talk: Talk, stream: int, _headers: Headers) -> None:
    talk.answer(stream, BODY[:100], end=False)


def sends_rubbish_at_once(talk: Talk, _stream: int, _headers: Headers) -> None:
    talk.raw(NO_FRAME)


async def read(server: Http2Server, *numbers: int) -> list[Any]:
    async with tmdb(server.url, key=TOKEN, verify=server.trust) as client:
        refs = [TitleRef(TitleKind.MOVIE, number) for number in numbers]
        return await asyncio.gather(*map(client.title, refs), return_exceptions=True)


def test_http_2_is_spoken_where_it_is_offered_and_many_share_a_connection() -> None:
    with Http2Server(answers) as server:
        fetched = asyncio.run(read(server, *range(1, 51)))

    assert [one.title.title for one in fetched] == ["Dune"] * 50
    (talk,) = server.talks
    assert len(talk.headers) == 50
    assert {headers["authorization"] for headers in talk.headers} == {f"Bearer {TOKEN}"}
    assert {headers["accept-encoding"] for headers in talk.headers} == {"gzip"}


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (ends_the_stream, Truncated),
        (goes_away, Truncated),
        (sends_rubbish, Truncated),
        (hangs_up, Truncated),
        (stalls, TimedOut),
        (sends_rubbish_at_once, Unavailable),
    ],
)
def test_a_fault_is_one_of_ours_and_the_next_request_goes_well(fault: Behaviour, kind: type[SourceError]) -> None:
    async def ask() -> None:
        patience = replace(QUICK, timeout=4.0) if kind is TimedOut else CALM
        async with tmdb(server.url, key=TOKEN, verify=server.trust, patience=patience) as client:
            with pytest.raises(SourceError) as raised:
                await client.title(FILM)
            assert type(raised.value) is kind
            assert (await client.title(FILM)).title is not None

    with Http2Server(fails_once(fault)) as server:
        asyncio.run(ask())


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    async def ask() -> None:
        async with tmdb(server.url, key=TOKEN) as client:
            await client.title(FILM)

    with Http2Server(answers) as server, pytest.raises(Unavailable, match="cannot be reached") as raised:
        asyncio.run(ask())
    assert "CERTIFICATE_VERIFY_FAILED" in raised.value.evidence
    assert server.talks == []
