"""TMDb's API, version 3, over HTTP: the only IO of this package.

How it behaves: developer.themoviedb.org, "Rate limiting", "Errors", "Append to response".
"""

from datetime import date
from functools import partial
from typing import Self, Unpack

from adaptapedia.kit.budget import Budget
from adaptapedia.sources.fetching import Fetcher, Waits
from adaptapedia.sources.tmdb import parse, queries
from adaptapedia.sources.tmdb.records import (
    ChangesPage,
    Fetched,
    Found,
    ImageSizes,
    SearchPage,
    TitleKind,
    TitleRef,
)
from adaptapedia.sources.tmdb.refusals import refusal


class TmdbClient:
    """Reads titles, finds them, and tells which changed; each answer is proven to be about what was asked.

    Errors are those of `sources.errors`; none of them, and no line of a log, shows the key. An async context
    manager; closing it closes its budget.
    """

    def __init__(self, base_url: str, *, key: str, user_agent: str, budget: Budget, **waits: Unpack[Waits]) -> None:
        """`key` is a read token (v4) or a key (v3); TMDb takes the first as a bearer, the second as a parameter."""
        token = is_read_token(key)
        self._fetcher = Fetcher(
            "TMDb",
            base_url,
            budget=budget,
            user_agent=user_agent,
            headers={"Authorization": f"Bearer {key}"} if token else {},
            secret_params={} if token else {"api_key": key},
            refusal=refusal,
            **waits,
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

    async def title(self, ref: TitleRef, *, etag: str = "") -> Fetched:
        """The title with all that belongs to it, in one request; raises NotFound where it is gone."""
        path, params = queries.title(ref)
        answer = await self._fetcher.read(path, partial(parse.title, ref=ref), params=params, etag=etag)
        return Fetched(ref, answer.json, answer.etag)

    async def search(self, kind: TitleKind, query: str, *, year: int | None = None, page: int = 1) -> SearchPage:
        """One page of the titles of a kind that a title leads to. Raises ValueError for a page beyond 500."""
        path, params = queries.search(kind, query, year=year, page=page)
        return await self._fetcher.ask(path, partial(parse.search_page, kind=kind), params=params)

    async def find_by_imdb(self, imdb_id: str) -> Found:
        """What stands behind an id of IMDb: nothing, a title, or several. Raises ValueError for no such id."""
        path, params = queries.find_by_imdb(imdb_id)
        return await self._fetcher.ask(path, parse.found, params=params)

    async def changes(self, kind: TitleKind, *, start: date, end: date, page: int = 1) -> ChangesPage:
        """One page of the titles that changed from one day to another. Raises ValueError beyond 14 days."""
        path, params = queries.changes(kind, start=start, end=end, page=page)
        return await self._fetcher.ask(path, partial(parse.changes_page, kind=kind, asked=page), params=params)

    async def image_sizes(self) -> ImageSizes:
        """How addresses of images are made today."""
        return await self._fetcher.ask(queries.CONFIGURATION, parse.image_sizes)


def is_read_token(key: str) -> bool:
    """Whether it is a v4 token: a JSON Web Token, three parts and a header that begins with a brace (RFC 7519)."""
    return key.startswith("eyJ") and key.count(".") == 2
