"""The whole way from TMDb to the catalogue, within a run's requests."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from adaptapedia.catalogue.models import ImageSizes, ScreenWork
from adaptapedia.ingest.matching.finding import TitleFinder
from adaptapedia.ingest.matching.given import contradicted
from adaptapedia.ingest.metadata import plan
from adaptapedia.ingest.metadata.enquiry import Counting, Enquiry, Extent
from adaptapedia.ingest.metadata.merging import merge_titles
from adaptapedia.ingest.metadata.plan import Wanted
from adaptapedia.ingest.metadata.refresh import finish, open_refresh, step
from adaptapedia.ingest.metadata.rows import TMDB
from adaptapedia.ingest.metadata.states import Asked, Outcome, keep_states, key_of_screen_work, key_of_title, unanswered
from adaptapedia.ingest.metadata.unmatched import Unmatched
from adaptapedia.scheduling.jobs import Counts, Run
from adaptapedia.sources.errors import SourceError
from adaptapedia.sources.tmdb import records

COUNTS = ("processed", "enriched", "unchanged", "unmatched", "review", "gone", "errors", "requests")
"""In screen works, but for the requests; `processed` is the sum of those between."""
LEFT = {"without_metadata": 0.5, "unmatched": 0.25, "stalest": 0.0}
"""What each class leaves to those after it, of a run's requests and of its time: so half of both is for the first, a
quarter for each of the others, at the least. What one does not need, the others get."""
ROUNDS = 2
"""So often what failed is asked for once more at the end."""


class Reader(TitleFinder, Counting, Protocol):
    """What is asked of TMDb: `TmdbClient`, or anything that answers like it."""

    async def image_sizes(self) -> records.ImageSizes: ...


@dataclass(frozen=True, slots=True)
class TitleAnswer:
    """What came of asking for a title. Without one it is as it was, or the outcome says why."""

    wanted: Wanted
    outcome: Outcome
    title: records.Title | None = None
    etag: str = ""
    fault: SourceError | None = None

    @property
    def asked(self) -> Asked:
        problems = self.title.problems if self.title else None
        return Asked(key_of_title(self.wanted.ref), self.outcome, self.etag, problems, self.fault)


def refresh_titles(tmdb: Reader, run: Run, loop: asyncio.Runner, *, extent: Extent) -> Counts:
    """Titles without metadata, screen works without a title, then the stalest.

    Goes on with what an earlier attempt of the run has done. Raises a SourceError when TMDb could not be read,
    or too much of it, and Ask when too much of what was there is gone; what was read is kept.
    """
    refresh = open_refresh(TMDB, run_id=run.id, names=COUNTS)
    if refresh.finished_at:
        return dict(refresh.counts)
    keep_image_sizes(loop.run(tmdb.image_sizes()))
    total = ScreenWork.objects.filter(retired_at=None).count()
    enquiry = Enquiry(refresh, run, loop, client=tmdb, extent=extent, total=total)
    titles, unmatched = Titles(tmdb, enquiry), Unmatched(tmdb, enquiry)
    for leaving in (LEFT, dict.fromkeys(LEFT, 0.0)):
        titles.fill(leaving=leaving["without_metadata"])
        unmatched.find(leaving=leaving["unmatched"])
        titles.renew(leaving=leaving["stalest"])
    titles.try_again()
    unmatched.try_again()
    return finish(refresh, run)


class Titles:
    """Asking for titles, and keeping what comes."""

    def __init__(self, tmdb: Reader, enquiry: Enquiry) -> None:
        self._tmdb = tmdb
        self._enquiry = enquiry
        self._since = enquiry.refresh.started_at
        self._run_id = enquiry.refresh.run_id

    def fill(self, *, leaving: float) -> None:
        """Those of screen works that have no metadata."""
        self._put(partial(plan.without_metadata, since=self._since), step="titles without metadata", leaving=leaving)

    def renew(self, *, leaving: float) -> None:
        """Those that have been read before, the stalest first."""
        self._put(partial(plan.stalest, since=self._since), step="titles to read again", leaving=leaving)

    def put_changed(self, refs: frozenset[records.TitleRef]) -> None:
        """Those of these that have been read before."""
        look_up = partial(plan.changed, refs, since=self._since)
        self._put(look_up, step="titles that changed")

    def not_asked(self, refs: frozenset[records.TitleRef]) -> int:
        """How many of these that have been read before are still to be asked for."""
        return len(plan.changed(refs, since=self._since, limit=len(refs)))

    def try_again(self) -> None:
        """Those that failed in this run, so often; what fails then has failed."""
        for _ in range(ROUNDS):
            look_up = partial(plan.titles_failed, run_id=self._run_id)
            keep = partial(self.keep, again=True)
            self._put(look_up, step="titles that failed", keep=keep, once=True)

    async def ask(self, wanted: Wanted) -> TitleAnswer:
        try:
            fetched = await self._tmdb.title(wanted.ref, etag=wanted.etag)
        except SourceError as error:
            outcome = self._enquiry.outcome_of(error, asked=key_of_title(wanted.ref))
            return TitleAnswer(wanted, outcome, fault=unanswered(error))
        self._enquiry.answered()
        return TitleAnswer(wanted, Outcome.THERE, fetched.title, fetched.etag)

    def keep(self, answers: Sequence[TitleAnswer], *, again: bool = False) -> None:
        """One transaction: what is contradicted, metadata, credits, freshness, counts.

        `again` for answers once counted as errors.
        """
        with step(self._enquiry.refresh) as origin:
            read = [(key, a.title) for a in answers if a.title for key in a.wanted.screen_works]
            others = contradicted(read, run_id=self._run_id)
            merged = merge_titles([(key, title) for key, title in read if key not in others], origin=origin)
            waiting = (Asked(key_of_screen_work(key), Outcome.REVIEW) for key in others)
            keep_states([*(answer.asked for answer in answers), *waiting], origin=origin)
            asked, gone, failed = (_size(answers, among) for among in (None, Outcome.GONE, Outcome.FAILED))
            self._enquiry.count(
                processed=0 if again else asked,
                enriched=merged.enriched,
                unchanged=asked - merged.enriched - gone - failed - len(others),
                review=len(others),
                gone=gone,
                errors=failed - (asked if again else 0),
            )

    def _put(self, look_up: Callable[..., Sequence[Wanted]], **terms: Any) -> None:
        keep = terms.pop("keep", self.keep)
        self._enquiry.put(lambda room: look_up(limit=room), self.ask, keep, **terms)


def _size(answers: Sequence[TitleAnswer], among: Outcome | None) -> int:
    """Screen works whose title was answered so."""
    return sum(len(a.wanted.screen_works) for a in answers if among is None or a.outcome == among)


def keep_image_sizes(sizes: records.ImageSizes) -> None:
    """Note how addresses of images are made, where that has changed."""
    told = {
        "base_url": sizes.base_url,
        "posters": list(sizes.posters),
        "backdrops": list(sizes.backdrops),
        "profiles": list(sizes.profiles),
        "logos": list(sizes.logos),
    }
    if not ImageSizes.objects.filter(source=TMDB, **told).exists():
        ImageSizes.objects.update_or_create(source=TMDB, defaults=told)
