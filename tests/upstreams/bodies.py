"""Bodies that no client should trust: what hostile and broken servers send, whatever they were asked. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

MIB = 2**20
GIGABYTE = 1024
"""In pieces of a MiB."""
NESTED = 100_000
SCRIPT = "<script>alert('lab')</script>"
WORDS = {"title", "name", "original_title", "original_name", "overview", "description", "value"}
"""Members that hold words for people in one of the three upstreams' answers."""


def nested() -> bytes:
    """JSON in 100,000 levels of lists."""
    return b"[" * NESTED + b"]" * NESTED


def gigabyte() -> Iterator[bytes]:
    """A good GiB of valid JSON, in pieces of a MiB."""
    yield b"["
    yield from (b'"' + b"x" * (MIB - 3) + b'",' for _ in range(GIGABYTE))
    yield b'"at last"]'


@cache
def gzip_bomb() -> bytes:
    """About a MiB of gzip that is a GiB of spaces in a pair of brackets: one valid stream, to the checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    spaces = b" " * MIB
    head = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a piece depends on nothing before it, so that one can be packed once and sent often.
    piece = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(b"]") + packer.flush(zlib.Z_FINISH)
    checksum = zlib.crc32(b"[")
    for _ in range(GIGABYTE):
        checksum = zlib.crc32(spaces, checksum)
    size = GIGABYTE * MIB + 2
    trailer = zlib.crc32(b"]", checksum).to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + head + piece * GIGABYTE + tail + trailer


def in_latin_1(body: bytes) -> bytes:
    """The body with a letter more, in a charset that it does not say it is in: no valid UTF-8."""
    return body.decode().replace('"', '"é', 1).encode("latin-1", "replace")


def cut(body: bytes) -> bytes:
    """The first half of a body; never nothing."""
    return body[: max(1, len(body) * 55 // 100)]


def with_script(body: bytes) -> bytes:
    """A JSON body in which every word for people begins with a script."""
    return json.dumps(_scripted(json.loads(body)), ensure_ascii=False).encode()


def _scripted(value: Any) -> Any:
    if isinstance(value, list):
        return [_scripted(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "uri":  # a term of a SPARQL answer that is no words
        return value
    return {
        name: SCRIPT + one if name in WORDS and isinstance(one, str) else _scripted(one) for name, one in value.items()
    }
