"""Matching of screen works with TMDb's titles, beside "the first hit of the search".

    .venv/bin/python benchmarks/matching.py [--every 1] [--seed 1] [--without-people]

The lab's TMDb, a process of its own, holds every screen item of the extract of Wikidata under ids of its own, but
one in ten, and what is named like them; it tells no external ids, and none are known on our side, so that titles,
years, people and kinds alone tell. What is hard about a case is in the lab's universe (`tests/upstreams/universe`).
The cases are asked for through the client that refreshes use, over HTTP, by two processes. The peer
asks in the same run: a search by title and year, the first hit taken.

Precision counts the titles taken, recall what TMDb has. The weights were set by hand while looking at the universe
of seed 1; any other seed (`--seed 7`) has other spellings, people, absences and namesakes, and was not looked at.
Each kind of hardness has a precision and a recall of its own.
With `--every 10` one case in ten is asked for; with `--without-people` we know nobody who made anything.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import own_servers, result

if TYPE_CHECKING:
    from adaptapedia.ingest.matching.records import ScreenFacts, Verdict
    from adaptapedia.sources.tmdb.client import TmdbClient
    from tests.upstreams.universe import Case

PROCESSES = 2
PLAIN = "plain"
SIDE_BY_SIDE = 3
"""Cases of each process: the lab answers at once, so that more of them would only wait."""
UNLIMITED = 1_000_000.0

Answer = tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A case and what came of it. `read` are the requests that the title itself still takes, where it was taken."""

    case: Case
    verdict: Verdict
    first_hit: Answer
    requests: int
    read: int

    @property
    def taken(self) -> Answer:
        return _answer(self.verdict) if self.verdict.outcome == "accepted" else None

    @property
    def hardness(self) -> tuple[str, ...]:
        return (*self.case.odd, *self.case.around) or (PLAIN,)

    @property
    def is_proposed(self) -> bool:
        """Whether a person finds the right one on the review list."""
        refs = [(str(one.ref.kind), one.ref.tmdb_id) for one in self.verdict.candidates]
        return self.verdict.outcome == "review" and self.case.answer in refs


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--every", type=int, default=1, help="one case in so many")
    arguments.add_argument("--seed", type=int, default=1, help="another universe of the same facts")
    arguments.add_argument("--without-people", action="store_true", help="as if nobody who made anything were known")
    options = arguments.parse_args()
    with own_servers(), tempfile.TemporaryDirectory(prefix="adaptapedia-universe-") as folder:
        measure(Path(folder), every=options.every, seed=options.seed, without_people=options.without_people)


def measure(folder: Path, *, every: int, seed: int, without_people: bool) -> None:
    from tests.upstreams.process import LabProcess
    from tests.upstreams.universe import Options
    from tests.upstreams.whole import EXTRACT, universe_in

    if not EXTRACT.exists():
        sys.exit(f"There is no extract of Wikidata at {EXTRACT}: without it there are no cases.")
    universe = universe_in(folder, options=Options(seed=seed, no_external_ids=True))
    cases = list(universe.cases())[::every]
    terms = ("--only", "tmdb", "--tmdb-per-second", "0", "--no-external-ids", "--universe-seed", str(seed))
    with LabProcess(*terms, "--folder", str(folder)) as lab:
        began = time.monotonic()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            shares = [cases[share::PROCESSES] for share in range(PROCESSES)]
            asking = [pool.submit(ask, lab.environment, share, without_people=without_people) for share in shares]
            asked = [one for share in asking for one in share.result()]
        seconds = time.monotonic() - began
    tell(asked, seconds=seconds)


def ask(environment: dict[str, str], cases: Sequence[Case], *, without_people: bool) -> list[Asked]:
    """Every case, in a process of its own."""
    return asyncio.run(_ask(environment, cases, without_people=without_people))


async def _ask(environment: dict[str, str], cases: Sequence[Case], *, without_people: bool) -> list[Asked]:
    """Every case, so many side by side."""
    from django.conf import settings

    from adaptapedia.kit.budget import Budget, Limits
    from adaptapedia.sources.tmdb.client import TmdbClient

    waiting, answered = iter(cases), list[Asked]()
    budget = Budget("TMDb", settings.BUDGET_URL, limits=Limits(UNLIMITED, UNLIMITED, cost=1.0, one_at_a_time=False))
    async with TmdbClient(
        environment["TMDB_BASE_URL"],
        key=environment["TMDB_API_KEY"],
        user_agent="Adaptapedia benchmarks (tests@example.org)",
        budget=budget,
    ) as client:

        async def work() -> None:
            for case in waiting:
                answered.append(await _asked(client, case, without_people=without_people))

        async with asyncio.TaskGroup() as workers:
            for _ in range(SIDE_BY_SIDE):
                workers.create_task(work())
    return answered


async def _asked(client: TmdbClient, case: Case, *, without_people: bool) -> Asked:
    from adaptapedia.ingest.matching.finding import find_title
    from adaptapedia.sources.tmdb.records import TitleKind

    facts = facts_of(case)
    verdict = await find_title(replace(facts, directors=()) if without_people else facts, client)
    page = await client.search(TitleKind(case.kind), case.title, year=case.year)
    first = (str(page.hits[0].ref.kind), page.hits[0].ref.tmdb_id) if page.hits else None
    read = int(verdict.outcome == "accepted" and verdict.fetched is None)
    return Asked(case, verdict, first, int(verdict.evidence["requests"]), read)


def facts_of(case: Case) -> ScreenFacts:
    """What our catalogue would know of an item, its external ids withheld."""
    from adaptapedia.ingest.matching.records import ScreenFacts

    return ScreenFacts(
        screen_work_id=case.qid,
        titles=tuple(title for title in dict.fromkeys((case.title, case.original_title)) if title),
        original_title=case.original_title,
        year=case.year,
        end_year=None,
        kind="short" if case.short else {"movie": "film", "tv": "series"}[case.kind],
        language=case.language,
        directors=case.directors,
        imdb=(),
    )


def tell(asked: Sequence[Asked], *, seconds: float) -> None:
    result("matching.cases", len(asked), "cases")
    result("matching.precision", *_precision(asked))
    result("matching.recall", *_recall(asked))
    result("matching.taken_wrongly", sum(one.taken not in (None, one.case.answer) for one in asked), "cases")
    first = [one for one in asked if one.first_hit]
    right = sum(one.first_hit == one.case.answer for one in first)
    result("matching.first_hit_precision", 100 * right / len(first), "%")
    result("matching.first_hit_recall", 100 * right / _there(asked), "%")
    result("matching.review_share", _share(asked, [one for one in asked if one.verdict.outcome == "review"]), "%")
    result("matching.review_has_it", _share(asked, [one for one in asked if one.is_proposed]), "%")
    result("matching.requests_per_case", sum(one.requests for one in asked) / len(asked), "requests")
    found = [one for one in asked if one.taken]
    result("matching.requests_per_match", sum(one.requests + one.read for one in found) / len(found), "requests")
    result("matching.seconds", seconds, "s")
    _tell_what_was_hard(asked)
    _tell_what_went_wrong(asked)


def _precision(asked: Iterable[Asked]) -> tuple[float, str]:
    taken = [one for one in asked if one.taken]
    return 100 * _right(taken) / len(taken) if taken else math.nan, "%"


def _recall(asked: Sequence[Asked]) -> tuple[float, str]:
    return 100 * _right(asked) / _there(asked) if _there(asked) else math.nan, "%"


def _right(asked: Iterable[Asked]) -> int:
    return sum(one.taken is not None and one.taken == one.case.answer for one in asked)


def _there(asked: Iterable[Asked]) -> int:
    return sum(one.case.answer is not None for one in asked)


def _share(asked: Sequence[Asked], some: Sequence[Asked]) -> float:
    return 100 * len(some) / len(asked)


def _answer(verdict: Verdict) -> Answer:
    return (str(verdict.ref.kind), verdict.ref.tmdb_id) if verdict.ref else None


def _tell_what_was_hard(asked: Sequence[Asked]) -> None:
    """Precision and recall of each kind of hardness, in what a title is itself and in what stands around it.

    A case may be of several kinds; one of none is plain.
    Precision is `nan` where nothing was taken, recall where TMDb has none of them (`absent`).
    """
    for odd in sorted({odd for one in asked for odd in one.hardness}):
        some = [one for one in asked if odd in one.hardness]
        name = odd.replace("-", "_").replace(" ", "_")
        result(f"matching.of.{name}.cases", len(some), "cases")
        result(f"matching.of.{name}.precision", *_precision(some))
        result(f"matching.of.{name}.recall", *_recall(some))


def _tell_what_went_wrong(asked: Sequence[Asked], *, kinds: int = 12) -> None:
    """By what was odd about the case: those taken wrongly, then those not taken."""
    wrong = Counter(one.case.odd for one in asked if one.taken and one.taken != one.case.answer)
    left = Counter((one.verdict.outcome, one.case.odd) for one in asked if one.case.answer and not one.taken)
    for odd, number in wrong.most_common(kinds):
        print(f"taken wrongly: {number} {', '.join(odd) or 'plain'}")
    for (outcome, odd), number in left.most_common(kinds):
        print(f"not taken ({outcome}): {number} {', '.join(odd) or 'plain'}")


if __name__ == "__main__":
    main()
