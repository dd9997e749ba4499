"""One answer over HTTP, head and whole body, within bounds of time and memory; or the error that came instead."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

import httpx
from h2.exceptions import H2Error

from adaptapedia.sources.errors import TimedOut, Truncated, Unavailable
from adaptapedia.sources.unpacking import TooMuch, unpacked

PACKING = {"Accept-Encoding": "gzip"}
"""To be sent along: what comes packed otherwise is not unpacked."""


async def received(
    name: str,
    send: Callable[[], Awaitable[httpx.Response]],
    *,
    address: str,
    within: float,
    largest: int,
    shown: Callable[[str], str],
) -> tuple[httpx.Response, bytes]:
    """The response that `send` begins, and its body unpacked, `largest` bytes of it at most.

    There are `within` seconds for all of it, from connecting to the last byte, however slowly it drips. Raises
    TimedOut, Unavailable or Truncated; `name`, and `address` as anybody may see it, tell of whom, and `shown` takes
    secrets out of what was seen.
    """
    begun = False
    try:
        async with asyncio.timeout(within):
            response = await send()
            begun = True
            try:
                return response, await _body(name, response, largest=largest, shown=shown)
            finally:
                await response.aclose()
    except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
        raise TimedOut(f"{name} did not answer within {within:.0f} s") from error
    except (httpx.TransportError, httpx.InvalidURL, H2Error) as error:
        seen = shown(f"{error!r} {_root(error)!r}")
        if begun:
            raise Truncated(f"{name}'s answer ended early", evidence=seen) from None
        if isinstance(error, httpx.ProtocolError | httpx.ReadError | H2Error):
            raise Unavailable(f"{name} gave no answer in HTTP", evidence=seen) from None
        raise Unavailable(f"{name} cannot be reached at {address}", evidence=seen) from None


def _root(error: BaseException) -> BaseException:
    """Where an error comes from in the end: what wraps it does not say whether a connection was refused."""
    within = error.__cause__ or error.__context__
    return error if within is None else _root(within)


async def _body(name: str, response: httpx.Response, *, largest: int, shown: Callable[[str], str]) -> bytes:
    packing = response.headers.get("Content-Encoding", "")
    try:
        return await unpacked(response.aiter_raw(), packing=packing, largest=largest)
    except TooMuch as error:
        beginning = error.beginning.decode(errors="replace")
        raise Unavailable(f"{name}'s answer has no end", evidence=shown(beginning)) from None
    except zlib.error as error:
        raise Truncated(f"{name}'s answer cannot be unpacked", evidence=shown(str(error))) from None
