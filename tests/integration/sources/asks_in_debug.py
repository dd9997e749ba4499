"""A process that logs all there is at DEBUG, as `kit.logs` has it, and asks TMDb for a title; says how it ended.

python -m tests.integration.sources.asks_in_debug ADDRESS VALKEY CERTIFICATE < key
"""

import asyncio
import logging
import ssl
import sys
import traceback

from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.kit.logs import write_logs
from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.fetching import Patience
from adaptapedia.sources.tmdb.client import TmdbClient
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef


async def ask(url: str, valkey: str, certificate: str, key: str) -> None:
    limits = Limits(rate=100.0, burst=100.0, cost=1.0, one_at_a_time=False)
    budget = Budget("Test-in-debug", valkey, limits=limits)
    verify = ssl.create_default_context(cafile=certificate) if certificate != "-" else True
    client = TmdbClient(
        url, key=key, user_agent="Test (a@example.org)", budget=budget, patience=Patience(tries=1), verify=verify
    )
    async with client:
        logging.getLogger("test").debug("The client is %r, %s", client, vars(client))
        await client.title(TitleRef(TitleKind.MOVIE, 438631))


if __name__ == "__main__":
    write_logs({"readable": True, "level": "DEBUG"})
    try:
        asyncio.run(ask(*sys.argv[1:], sys.stdin.read()))
    except SourceError as error:
        logging.getLogger("test").exception("It failed")
        traceback.print_exception(error)
    print("It ended")
