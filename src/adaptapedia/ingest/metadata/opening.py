"""The clients of TMDb and Open Library as the settings have them, each on a loop of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings

from adaptapedia.ingest.metadata.asking import on_a_loop
from adaptapedia.ingest.metadata.enquiry import Extent
from adaptapedia.ingest.upstreams import Upstream, budget_of
from adaptapedia.scheduling.jobs import Skip
from adaptapedia.sources.openlibrary.client import OpenLibraryClient
from adaptapedia.sources.tmdb.client import TmdbClient

TMDB = Extent()
OPEN_LIBRARY = Extent(requests=30_000, seconds=3.5 * 3600, in_flight=8, batch=20)
"""At 3 requests a second, under three hours. A batch of works is two thousand of them."""


@contextmanager
def tmdb() -> Iterator[tuple[asyncio.Runner, TmdbClient]]:
    """TMDb, and the loop on which to ask it. Raises Skip where there is no key."""
    if not settings.TMDB_API_KEY:
        raise Skip("There is no key for TMDb: TMDB_API_KEY is not set.")
    client = TmdbClient(
        settings.TMDB_BASE_URL,
        key=settings.TMDB_API_KEY,
        user_agent=settings.USER_AGENT,
        budget=budget_of(Upstream.TMDB),
        **settings.TMDB_WAITS,
    )
    with on_a_loop(client) as opened:
        yield opened


@contextmanager
def open_library() -> Iterator[tuple[asyncio.Runner, OpenLibraryClient]]:
    """Open Library, and the loop on which to ask it."""
    client = OpenLibraryClient(
        settings.OPEN_LIBRARY_BASE_URL,
        user_agent=settings.USER_AGENT,
        budget=budget_of(Upstream.OPEN_LIBRARY),
        **settings.OPEN_LIBRARY_WAITS,
    )
    with on_a_loop(client) as opened:
        yield opened


def tmdb_extent() -> Extent:
    """How much of TMDb one run asks for."""
    return replace(TMDB, **settings.TMDB_EXTENT)


def open_library_extent() -> Extent:
    """How much of Open Library one run asks for."""
    return replace(OPEN_LIBRARY, **settings.OPEN_LIBRARY_EXTENT)
