"""Open Library over HTTP: the only IO of this package.

How it behaves: openlibrary.org/developers/api (one request a second; three with a User-Agent that names a contact).
"""

from collections.abc import Sequence
from functools import partial
from typing import Self, Unpack

from adaptapedia.kit.budget import Budget
from adaptapedia.sources.fetching import Fetcher, Waits
from adaptapedia.sources.openlibrary import parse, queries
from adaptapedia.sources.openlibrary.records import Description, OpenLibraryWork


class OpenLibraryClient:
    """Reads works by the hundred and their descriptions one by one.

    Errors are those of `sources.errors`. An async context manager; closing it closes its budget.
    """

    def __init__(self, base_url: str, *, user_agent: str, budget: Budget, **waits: Unpack[Waits]) -> None:
        """`user_agent` must name a way to reach us: Open Library answers 403 to others."""
        self._fetcher = Fetcher(
            "Open Library", base_url, budget=budget, user_agent=user_agent, refusal=parse.refusal, **waits
        )

    @property
    def requests(self) -> int:
        """Sent so far, each try for itself."""
        return self._fetcher.requests

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._fetcher.__aexit__(*raised)

    async def works(self, keys: Sequence[str]) -> list[OpenLibraryWork]:
        """The works of up to a hundred keys, by key, in one request; those it does not know are absent.

        Raises ValueError where there are too many, none, or one is no key of a work.
        """
        path, params = queries.works(keys)
        return await self._fetcher.ask(path, partial(parse.works, asked=frozenset(keys)), params=params)

    async def description(self, key: str) -> Description:
        """What the work's own record says; of a work that was merged into another, where to.

        Raises NotFound where it is gone, ValueError where `key` is no key of a work.
        """
        path, params = queries.record(key)
        return await self._fetcher.ask(path, partial(parse.description, key=key), params=params)
