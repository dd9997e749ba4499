"""Looking for the titles of screen works that have none, and keeping what is found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from django.db.models import Q

from adaptapedia.catalogue.models import ScreenExternalId
from adaptapedia.ingest.matching.decisions import record_verdicts
from adaptapedia.ingest.matching.facts import SCHEMES, facts_of
from adaptapedia.ingest.matching.finding import MOST_READ, MOST_SEARCHES, TitleFinder, find_title
from adaptapedia.ingest.matching.records import ScreenFacts, Verdict
from adaptapedia.ingest.metadata import plan
from adaptapedia.ingest.metadata.enquiry import Enquiry
from adaptapedia.ingest.metadata.merging import merge_titles
from adaptapedia.ingest.metadata.refresh import step
from adaptapedia.ingest.metadata.rejects import Problem
from adaptapedia.ingest.metadata.states import (
    Asked,
    Outcome,
    keep_states,
    key_of_screen_work,
    key_of_title,
    unanswered,
)
from adaptapedia.sources.errors import NotFound, SourceError
from adaptapedia.sources.tmdb.records import Fetched, Found, SearchPage, TitleKind, TitleRef

MOST_REQUESTS = MOST_SEARCHES + MOST_READ + 2
"""Of one screen work: besides searches and titles read, one by its id at IMDb, and the title that was accepted."""
OUTCOMES = {"accepted": Outcome.THERE, "review": Outcome.REVIEW, "nothing": Outcome.UNMATCHED}


class LookUp(Protocol):
    def __call__(self, *, limit: int) -> Sequence[int]: ...


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """What came of looking for one screen work; of an accepted title, the title too."""

    facts: ScreenFacts
    outcome: Outcome
    verdict: Verdict | None = None
    fetched: Fetched | None = None
    problems: Sequence[Problem] = ()
    """Of searches and lookups."""
    fault: SourceError | None = None

    @property
    def asked(self) -> Asked:
        problems = None if self.fault else self.problems
        return Asked(key_of_screen_work(self.facts.screen_work_id), self.outcome, problems=problems, fault=self.fault)


class Unmatched:
    """Asking for what may be the titles of screen works."""

    def __init__(self, tmdb: TitleFinder, enquiry: Enquiry) -> None:
        self._tmdb = tmdb
        self._enquiry = enquiry
        self._since = enquiry.refresh.started_at

    def find(self, *, leaving: float) -> None:
        """Titles of screen works without any, those first that were looked for longest ago."""
        self._put(partial(plan.unmatched, since=self._since), leaving=leaving, again=False)

    def try_again(self) -> None:
        """Those whose looking for failed in this run, once."""
        look_up = partial(plan.unmatched_failed, run_id=self._enquiry.refresh.run_id)
        self._put(look_up, leaving=0.0, again=True)

    async def ask(self, facts: ScreenFacts) -> MatchAnswer:
        tmdb = Listening(self._tmdb)
        try:
            verdict = await find_title(facts, tmdb)
            fetched = verdict.fetched
            if verdict.outcome == "accepted" and verdict.ref and fetched is None:
                fetched = await tmdb.title(verdict.ref)
        except NotFound as error:  # a search is there, whatever it finds, and so is what it has just found
            return MatchAnswer(facts, Outcome.FAILED, fault=error)
        except SourceError as error:
            asked = key_of_screen_work(facts.screen_work_id)
            return MatchAnswer(facts, self._enquiry.outcome_of(error, asked=asked), fault=unanswered(error))
        self._enquiry.answered()
        return MatchAnswer(facts, OUTCOMES[verdict.outcome], verdict, fetched, tmdb.problems)

    def keep(self, answers: Sequence[MatchAnswer], *, again: bool) -> None:
        """One transaction: verdicts, ids, metadata and credits of what was accepted, freshness, counts."""
        refresh = self._enquiry.refresh
        with step(refresh) as origin:
            record_verdicts([answer.verdict for answer in answers if answer.verdict], run_id=refresh.run_id)
            titles = _standing([answer for answer in answers if answer.outcome == Outcome.THERE and answer.fetched])
            found = [(key, fetched.title) for key, fetched in titles.items() if fetched.title]
            merged = merge_titles(found, origin=origin)
            keep_states([*(answer.asked for answer in answers), *map(_read, titles.values())], origin=origin)
            ends = Counter(answer.outcome for answer in answers)
            failed, asked = ends[Outcome.FAILED], len(answers)
            self._enquiry.count(
                processed=0 if again else asked,
                enriched=merged.enriched,
                unchanged=ends[Outcome.THERE] - merged.enriched,
                unmatched=ends[Outcome.UNMATCHED],
                review=ends[Outcome.REVIEW],
                errors=failed - (asked if again else 0),
            )

    def _put(self, look_up: LookUp, *, leaving: float, again: bool) -> None:
        self._enquiry.put(
            lambda room: facts_of(look_up(limit=room)),
            self.ask,
            partial(self.keep, again=again),
            step="titles to be found",
            leaving=leaving,
            each=MOST_REQUESTS,
            once=again,
        )


class Listening:
    """TMDb as one screen work's finding asks it; problems of searches and lookups are kept."""

    def __init__(self, tmdb: TitleFinder) -> None:
        self._tmdb = tmdb
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    async def search(self, kind: TitleKind, query: str, *, year: int | None = None, page: int = 1) -> SearchPage:
        found = await self._tmdb.search(kind, query, year=year, page=page)
        self._problems |= dict.fromkeys(found.problems)
        return found

    async def find_by_imdb(self, imdb_id: str) -> Found:
        found = await self._tmdb.find_by_imdb(imdb_id)
        self._problems |= dict.fromkeys(found.problems)
        return found

    async def title(self, ref: TitleRef, *, etag: str = "") -> Fetched:
        return await self._tmdb.title(ref, etag=etag)


def _read(fetched: Fetched) -> Asked:
    problems = fetched.title.problems if fetched.title else None
    return Asked(key_of_title(fetched.ref), Outcome.THERE, fetched.etag, problems)


def _standing(answers: Sequence[MatchAnswer]) -> dict[int, Fetched]:
    """Titles by screen work, of those that have the id now: a person's lock may have kept it out."""
    fetched = {answer.facts.screen_work_id: answer.fetched for answer in answers if answer.fetched}
    has_it = Q(pk__in=[])
    for key, title in fetched.items():
        has_it |= Q(screen_work=key, scheme=SCHEMES[title.ref.kind], value=str(title.ref.tmdb_id))
    there = set(ScreenExternalId.objects.filter(has_it).values_list("screen_work_id", flat=True))
    return {key: title for key, title in fetched.items() if key in there}
