import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from adaptapedia.sources.unpacking import MOST_VALUES, NotJson, TooMuch, read_json, unpacked

MIB = 2**20


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def whole(body: bytes, *, packing: str, largest: int = MIB, size: int = 1000) -> bytes:
    return asyncio.run(unpacked(pieces(body, size), packing=packing, largest=largest))


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_packed_body_is_unpacked_whole_however_it_comes(size: int) -> None:
    body = bytes(range(256)) * 20

    assert whole(gzip.compress(body), packing=" GZIP ", size=size) == body
    assert whole(body, packing="", size=size) == body
    assert whole(body, packing="identity", largest=len(body), size=size) == body


def test_nothing_is_nothing_packed_or_not() -> None:
    assert whole(b"", packing="gzip") == whole(b"", packing="") == b""


@pytest.mark.parametrize("packing", ["", "gzip"])
def test_a_body_larger_than_allowed_is_given_up(packing: str) -> None:
    body = b"a" * (MIB + 1)

    with pytest.raises(TooMuch) as raised:
        whole(gzip.compress(body) if packing else body, packing=packing)
    assert raised.value.beginning.startswith(b"aaa")


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"{}" * 500, mtime=0)[:-4],
        gzip.compress(b"{}", mtime=0) + b"x" * 4000,
        zlib.compress(b"{}"),
        b"not packed at all",
    ],
)
def test_what_cannot_be_unpacked_to_its_end_is_an_error(body: bytes) -> None:
    with pytest.raises(zlib.error):
        whole(body, packing="gzip", size=10)


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip, gzip", "x" * 10_000])
def test_a_packing_that_was_not_asked_for_is_an_error(packing: str) -> None:
    with pytest.raises(zlib.error, match="not asked for") as raised:
        whole(b"{}", packing=packing)
    assert len(str(raised.value)) < 100


@pytest.mark.parametrize(
    ("body", "told", "cut_off"),
    [
        (b"", "nothing at all", True),
        (b" \n", "nothing at all", True),
        (b"\n<html>", "HTML or XML", False),
        (b'{"a": [1, 2', "only the beginning", True),
        (b'{"a": "\xe9"}', "no JSON", False),
        (b"words", "no JSON", False),
        (b"[" * 100_000 + b"]" * 100_000, "no JSON", False),
        (b"[" + b"9" * 5000 + b", NaN]", "no JSON", False),
        (b"[" + b"0," * MOST_VALUES + b"0]", "too many values", False),
        (b"[" + b"{}," * MOST_VALUES + b"0]", "too many values", False),
    ],
)
def test_what_is_no_json_says_what_it_looks_like(body: bytes, told: str, cut_off: bool) -> None:
    with pytest.raises(NotJson) as raised:
        read_json(body)
    assert told in raised.value.told
    assert raised.value.cut_off == cut_off


def test_what_is_written_although_it_is_no_json_is_read() -> None:
    number, half, mark = read_json(b'\xef\xbb\xbf[NaN, "\\ud800", 1]')

    assert number != number
    assert (half, mark) == ("\ud800", 1)
