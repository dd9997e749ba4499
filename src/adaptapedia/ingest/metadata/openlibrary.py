"""The whole way from Open Library to the catalogue: works by the hundred, then descriptions one by one.

What a search leaves out is asked for by itself before it is taken for gone: it may have been merged into another
work, whose record is then asked for in its place.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.utils import timezone

from adaptapedia.ingest.metadata.enquiry import Counting, Enquiry, Extent
from adaptapedia.ingest.metadata.merging import merge_descriptions, merge_open_library, note_moved
from adaptapedia.ingest.metadata.openlibrary_plan import (
    WantedWork,
    descriptions_due,
    records_due,
    records_missing,
)
from adaptapedia.ingest.metadata.refresh import finish, open_refresh, step
from adaptapedia.ingest.metadata.rows import OPEN_LIBRARY
from adaptapedia.ingest.metadata.states import Asked, Outcome, keep_states, unanswered
from adaptapedia.scheduling.jobs import Counts, Run
from adaptapedia.sources.errors import NotFound, SourceError, Truncated
from adaptapedia.sources.openlibrary.records import Description, OpenLibraryWork, Problem

COUNTS = ("processed", "enriched", "unchanged", "gone", "errors", "requests")
"""Of records and descriptions of our works, each for itself; `processed` is the sum of those between."""
TOGETHER = 100
"""Works a request."""
FOR_DESCRIPTIONS = 0.5
"""Of a run's requests, and of its time, at the least."""


class Reader(Counting, Protocol):
    """What is asked of Open Library: `OpenLibraryClient`, or anything that answers like it."""

    async def works(self, keys: Sequence[str]) -> Sequence[OpenLibraryWork]: ...
    async def description(self, key: str) -> Description: ...


@dataclass(frozen=True, slots=True)
class RecordsAnswer:
    wanted: Sequence[WantedWork]
    outcome: Outcome
    works: Sequence[OpenLibraryWork] = ()
    fault: SourceError | None = None

    def asked(self, found: Mapping[str, OpenLibraryWork]) -> Iterator[tuple[WantedWork, Asked]]:
        """What became of each."""
        for wanted in self.wanted:
            work = found.get(wanted.key)
            outcome = self.outcome or (Outcome.THERE if work else Outcome.MISSING)
            problems = work.problems if work else None
            yield wanted, Asked(wanted.key, outcome, problems=problems, fault=self.fault)


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """What came of asking for a work that a search left out."""

    wanted: WantedWork
    outcome: Outcome
    moved_to: str = ""
    fault: SourceError | None = None

    @property
    def asked(self) -> Asked:
        """That a work is there which the search does not find is amiss, and changes nothing."""
        amiss = (Problem("not_in_search", ""),) if self.outcome == Outcome.THERE else ()
        return Asked(self.wanted.key, self.outcome, problems=None if self.fault else amiss, fault=self.fault)


@dataclass(frozen=True, slots=True)
class DescriptionAnswer:
    wanted: WantedWork
    outcome: Outcome
    description: Description | None = None
    fault: SourceError | None = None

    @property
    def asked(self) -> Asked:
        problems = self.description.problems if self.description else None
        return Asked(f"{self.wanted.key}/text", self.outcome, problems=problems, fault=self.fault)


def refresh_works(reader: Reader, run: Run, loop: asyncio.Runner, *, extent: Extent) -> Counts:
    """Records that are due, with those of works that others were merged into, then descriptions that are due.

    Goes on with what an earlier attempt of the run has done. Raises a SourceError when Open Library could not be
    read, or too much of it, and Ask when too much of what was there is gone; what was read is kept.
    """
    refresh = open_refresh(OPEN_LIBRARY, run_id=run.id, names=COUNTS)
    if refresh.finished_at:
        return dict(refresh.counts)
    enquiry = Enquiry(refresh, run, loop, client=reader, extent=extent, total=0)
    asking = Works(reader, enquiry)
    asking.renew()
    asking.look_for_missing()
    asking.renew()
    asking.describe()
    return finish(refresh, run)


class Works:
    """Asking for works, and keeping what comes."""

    def __init__(self, reader: Reader, enquiry: Enquiry) -> None:
        self._reader = reader
        self._enquiry = enquiry
        self._since = enquiry.refresh.started_at
        self._attempt = timezone.now()

    def renew(self) -> None:
        """Records that are due."""
        self._enquiry.put(self._records_due, self.ask, self.keep, step="works", leaving=FOR_DESCRIPTIONS)

    def look_for_missing(self) -> None:
        """What a search left out, one by one."""
        look_up = partial(records_missing, since=self._since)
        self._enquiry.put(
            lambda room: look_up(limit=room),
            self.ask_for_missing,
            self.keep_missing,
            step="works that a search left out",
            leaving=FOR_DESCRIPTIONS,
        )

    def describe(self) -> None:
        """With all the requests and time that are left. Each may be answered by another work, which is asked too."""
        look_up = partial(descriptions_due, since=self._since, attempt=self._attempt)
        self._enquiry.put(
            lambda room: look_up(limit=room),
            self.ask_description,
            self.keep_descriptions,
            step="descriptions",
            each=2,
        )

    async def ask(self, wanted: Sequence[WantedWork]) -> list[RecordsAnswer]:
        """Of all in one request; in halves where the answer is not whole, so that one odd work costs no other.

        Halves of one size are asked before any smaller ones: good answers stand between bad ones, and the breaker
        does not take one work for a broken upstream.
        """
        answers: list[RecordsAnswer] = []
        waiting = deque([wanted])
        while waiting:
            together = waiting.popleft()
            answer = await self._ask_together(together)
            if answer is None:
                middle = len(together) // 2
                waiting += (together[:middle], together[middle:])
            else:
                answers.append(answer)
        return answers

    async def _ask_together(self, wanted: Sequence[WantedWork]) -> RecordsAnswer | None:
        """None where a smaller question may do."""
        try:
            works = await self._reader.works([work.key for work in wanted])
        except NotFound as error:  # a search is there, whatever it finds
            return RecordsAnswer(wanted, Outcome.FAILED, fault=error)
        except SourceError as error:
            outcome = self._enquiry.outcome_of(error, asked=f"{len(wanted)} works")
            is_odd = isinstance(error, Truncated) and len(wanted) > 1
            return None if is_odd else RecordsAnswer(wanted, outcome, fault=unanswered(error))
        self._enquiry.answered()
        return RecordsAnswer(wanted, Outcome.THERE, works)

    def keep(self, batches: Sequence[Sequence[RecordsAnswer]]) -> None:
        """One transaction: metadata, freshness, counts."""
        answers = [answer for batch in batches for answer in batch]
        found = {work.key: work for answer in answers for work in answer.works}
        ends = dict(end for answer in answers for end in answer.asked(found))
        with step(self._enquiry.refresh) as origin:
            rows = [(key, found[wanted.key]) for wanted in ends if wanted.key in found for key in wanted.works]
            merged = merge_open_library(rows, origin=origin)
            keep_states(ends.values(), origin=origin)
            self._count(ends, merged.enriched)

    async def ask_for_missing(self, wanted: WantedWork) -> MissingAnswer:
        try:
            told = await self._reader.description(wanted.key)
        except SourceError as error:
            outcome = self._enquiry.outcome_of(error, asked=wanted.key)
            return MissingAnswer(wanted, outcome, fault=unanswered(error))
        self._enquiry.answered()
        return MissingAnswer(wanted, Outcome.MOVED if told.redirect_to else Outcome.THERE, told.redirect_to)

    def keep_missing(self, answers: Sequence[MissingAnswer]) -> None:
        """One transaction: what is gone, and where works went, which is an id of ours from now on."""
        ends = {answer.wanted: answer.asked for answer in answers}
        with step(self._enquiry.refresh) as origin:
            moved = [(key, answer.moved_to) for answer in answers if answer.moved_to for key in answer.wanted.works]
            note_moved(moved, origin=origin)
            keep_states(ends.values(), origin=origin)
            self._count(ends, 0)

    async def ask_description(self, wanted: WantedWork) -> DescriptionAnswer:
        """Its own, or that of the work it was merged into."""
        try:
            told = await self._reader.description(wanted.key)
            if told.redirect_to and not told.text:
                told = await self._reader.description(told.redirect_to)
        except SourceError as error:
            outcome = self._enquiry.outcome_of(error, asked=wanted.key)
            return DescriptionAnswer(wanted, outcome, fault=unanswered(error))
        self._enquiry.answered()
        # Where a work has moved twice, nobody knows yet what it says.
        return DescriptionAnswer(wanted, Outcome.THERE, told if told.text or not told.redirect_to else None)

    def keep_descriptions(self, answers: Sequence[DescriptionAnswer]) -> None:
        """One transaction: descriptions, freshness, counts."""
        ends = {answer.wanted: answer.asked for answer in answers}
        with step(self._enquiry.refresh) as origin:
            told = [(key, a.description) for a in answers if a.description for key in a.wanted.works]
            merged = merge_descriptions(told, origin=origin)
            keep_states(ends.values(), origin=origin)
            self._count(ends, merged.enriched)

    def _records_due(self, room: int) -> list[list[WantedWork]]:
        due = records_due(since=self._since, attempt=self._attempt, limit=room * TOGETHER)
        return [due[first : first + TOGETHER] for first in range(0, len(due), TOGETHER)]

    def _count(self, ends: Mapping[WantedWork, Asked], enriched: int) -> None:
        """Of what is still to be asked for by itself, nothing but that it is no error any more."""
        sizes = Counter[str]()
        for wanted, end in ends.items():
            sizes[end.outcome] += len(wanted.works)
        gone, failed = sizes[Outcome.GONE], sizes[Outcome.FAILED]
        asked = sizes.total() - sizes[Outcome.MISSING]
        again = sum(len(wanted.works) for wanted in ends if wanted.again)
        self._enquiry.count(
            processed=asked - again,
            enriched=enriched,
            unchanged=asked - enriched - gone - failed,
            gone=gone,
            errors=failed - again,
        )
