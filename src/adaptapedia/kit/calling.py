"""Calls an address that somebody gave us to be told of things: briefly, and without ever telling the address on.

Such an address is a secret: whoever knows it can write there. Errors name its host alone.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
import sentry_sdk

PATIENCE = 5.0
"""Seconds for the whole of a call: one whose far end lets an answer drip takes no longer."""


class NotTaken(Exception):
    """The other side did not take what it was told; the text names its host and what came of it."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{urlsplit(address).hostname} {why}")


def call(address: str, *, told: Any = None, within: float = PATIENCE) -> None:
    """POST `told` as JSON, or GET where that is None. The answer's body is not read. Raises NotTaken."""
    try:
        # Sentry notes every request with its address, and would send that along with whatever goes wrong later.
        with sentry_sdk.isolation_scope():
            status = asyncio.run(_status(address, told, within))
    except TimeoutError:
        raise NotTaken(address, f"did not answer within {within:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotTaken(address, f"cannot be reached ({type(error).__name__})") from None
    if not 200 <= status < 300:
        raise NotTaken(address, f"answered {status}")


async def _status(address: str, told: Any, within: float) -> int:
    method = "GET" if told is None else "POST"
    async with (
        asyncio.timeout(within),
        httpx.AsyncClient(timeout=within) as client,
        client.stream(method, address, json=told) as answer,
    ):
        return answer.status_code
