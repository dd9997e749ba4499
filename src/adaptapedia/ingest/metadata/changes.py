"""What TMDb says has changed, of what we have."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from adaptapedia.ingest.metadata.enquiry import Enquiry, Extent
from adaptapedia.ingest.metadata.refresh import finish, open_refresh, step
from adaptapedia.ingest.metadata.rejects import Told, keep_rejects, problems_of
from adaptapedia.ingest.metadata.rows import TMDB
from adaptapedia.ingest.metadata.tmdb import COUNTS as OF_TITLES
from adaptapedia.ingest.metadata.tmdb import Reader, Titles
from adaptapedia.scheduling.jobs import Counts, Run
from adaptapedia.sources.errors import Truncated
from adaptapedia.sources.tmdb.queries import LAST_PAGE
from adaptapedia.sources.tmdb.records import ChangesPage, TitleKind

COUNTS = (*OF_TITLES, "changed", "left")
"""`changed` are titles, whether the catalogue has them or not; `left` those of the catalogue's that the run had no
requests or time left to ask for."""
WINDOW = timedelta(days=14)
"""The longest that the feed takes (developer.themoviedb.org, /movie/changes)."""
DAY = timedelta(days=1)


class Feed(Reader, Protocol):
    async def changes(self, kind: TitleKind, *, start: date, end: date, page: int) -> ChangesPage: ...


def refresh_changed(tmdb: Feed, run: Run, loop: asyncio.Runner, *, extent: Extent, since: date, until: date) -> Counts:
    """Read again what changed between two days, both included, and is in the catalogue with metadata.

    Where some are `left`, these days must be read again. Goes on with what an earlier attempt of the run has done.
    Raises a SourceError when the feed could not be read whole, or too many titles could not, and Ask when too many
    are gone; what was read is kept.
    """
    refresh = open_refresh(TMDB, run_id=run.id, names=COUNTS)
    if refresh.finished_at:
        return dict(refresh.counts)
    enquiry = Enquiry(refresh, run, loop, client=tmdb, extent=extent, total=0)
    pages = {
        kind: [page for start, end in windows(since, until) for page in _read(tmdb, run, loop, kind, start, end)]
        for kind in TitleKind
    }
    found = frozenset(ref for kind in pages for page in pages[kind] for ref in page.refs)
    with step(refresh) as origin:
        told = [Told(f"{kind}/changes", problems_of(page.problems for page in pages[kind])) for kind in pages]
        keep_rejects(told, origin=origin)
        enquiry.count(changed=len(found) - refresh.counts["changed"])
    asking = Titles(tmdb, enquiry)
    asking.put_changed(found)
    asking.try_again()
    with step(refresh):
        enquiry.count(left=asking.not_asked(found) - refresh.counts["left"])
    return finish(refresh, run)


def windows(since: date, until: date) -> Iterator[tuple[date, date]]:
    """The days from `since` to `until` in windows that the feed takes, which meet in one day."""
    while until - since > WINDOW:
        yield since, since + WINDOW
        since += WINDOW
    yield since, until


def _read(tmdb: Feed, run: Run, loop: asyncio.Runner, kind: TitleKind, start: date, end: date) -> Iterator[ChangesPage]:
    page, pages = 1, 1
    while page <= pages:
        run.progress(page, pages, step="reading what changed")
        answer = loop.run(tmdb.changes(kind, start=start, end=end, page=page))
        if answer.pages > LAST_PAGE:
            middle = _middle(kind, start, end, pages=answer.pages)
            yield from _read(tmdb, run, loop, kind, start, middle)
            yield from _read(tmdb, run, loop, kind, middle, end)
            return
        yield answer
        page, pages = page + 1, answer.pages


def _middle(kind: TitleKind, start: date, end: date, *, pages: int) -> date:
    """Where a window of more pages than TMDb shows is divided. Raises Truncated where it cannot be."""
    if end - start <= DAY:
        raise Truncated(f"TMDb has {pages} pages of {kind} changes from {start} to {end}, and shows {LAST_PAGE}")
    return start + (end - start) // 2
