"""Bytes of an upstream → JSON, in bounded memory. Does no IO of its own."""

import json
import zlib
from collections.abc import AsyncIterable, Iterator
from typing import Any

import orjson

MOST_VALUES = 500_000
"""In one JSON: some 100 MiB as objects of Python at the worst. The largest real answers, of series that ran for
decades, have under half of it."""


STEP = 2**20
"""Bytes that are unpacked at once."""


class TooMuch(Exception):
    """A body that is larger than it may be."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__("A body is larger than it may be")
        self.beginning = beginning


class NotJson(Exception):
    """A body that is no JSON. `told` goes on after the upstream's name; `cut_off` where it is the beginning of one.

    `at` is the byte at which it stops being JSON, where that can be said.
    """

    def __init__(self, told: str, *, why: object = "", cut_off: bool = False, at: int | None = None) -> None:
        super().__init__(str(why) or told)
        self.told = told
        self.cut_off = cut_off
        self.at = at


async def unpacked(chunks: AsyncIterable[bytes], *, packing: str, largest: int) -> bytes:
    """The whole body in `chunks`, plain or gzip, at most `largest` bytes of it.

    A small one cannot become a large one unseen: it is unpacked bit by bit. Raises TooMuch, and zlib.error where
    it cannot be unpacked, ends early, or goes on behind its end.
    """
    packing = packing.strip().lower()
    if packing not in {"", "identity", "gzip"}:
        raise zlib.error(f"it is packed as {packing[:40]}, which was not asked for")
    unpack = zlib.decompressobj(wbits=31) if packing == "gzip" else None
    body, begun = bytearray(), False
    try:
        async for chunk in chunks:
            begun = True
            if unpack and unpack.eof:
                raise zlib.error("it goes on behind its end")
            for piece in _pieces(chunk, unpack):
                body += piece
                if len(body) > largest:
                    raise TooMuch(bytes(body[:65_536]))
        if unpack and begun and not unpack.eof:
            raise zlib.error("it ended early")
        return bytes(body)
    finally:
        body.clear()  # whoever keeps an error keeps what was under way when it came


def _pieces(chunk: bytes, unpack: "zlib._Decompress | None") -> Iterator[bytes]:
    """The chunk as it came, or unpacked step by step."""
    if unpack is None:
        yield chunk
        return
    while chunk:
        yield unpack.decompress(chunk, STEP)
        chunk = unpack.unconsumed_tail


def read_json(body: bytes, *, most: int = MOST_VALUES) -> Any:
    """What the body says, where that is `most` values or fewer. Raises NotJson.

    NaN and halves of surrogate pairs, which are no JSON but are written all the same, are read: whoever reads the
    values sees to them, and one such title is not a broken upstream.
    """
    if _values_at_most(body, most) > most:
        raise NotJson("answered JSON of too many values")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        why = error
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _fault(body.strip(), why, at=_place(error)) from None


def _values_at_most(body: bytes, most: int) -> int:
    return 0 if len(body) <= most else sum(map(body.count, (b",", b"[", b"{")))


def _place(error: Exception) -> int | None:
    if isinstance(error, UnicodeDecodeError):
        return error.start
    return len(error.doc[: error.pos].encode()) if isinstance(error, json.JSONDecodeError) else None


def _fault(body: bytes, why: Exception, *, at: int | None) -> NotJson:
    if not body:
        return NotJson("answered nothing at all", cut_off=True)
    if body[:1] == b"<":
        return NotJson("answered HTML or XML where JSON was due", why=why)
    if body[:1] in {b"{", b"["} and body[-1:] not in {b"}", b"]"}:
        return NotJson("answered only the beginning of something", why=why, cut_off=True, at=at)
    return NotJson("answered something that is no JSON", why=why, at=at)
