"""Looking for the title of a screen work at TMDb, the best evidence first."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any, Protocol

from adaptapedia.ingest.matching.records import Candidate, How, Outcome, Part, ScreenFacts, Verdict, kinds_of
from adaptapedia.ingest.matching.scoring import WORTH_A_LOOK, is_clear, ranked, weigh, weigh_further
from adaptapedia.ingest.matching.titles import Likeness, core, main_part
from adaptapedia.sources.errors import NotFound
from adaptapedia.sources.tmdb.records import Fetched, Found, SearchHit, SearchPage, Title, TitleKind, TitleRef

MOST_SEARCHES = 6
"""For one screen work: by other words, and by year where there is more than a page."""
MOST_READ = 3
"""Titles that are read for one screen work to see who made them."""
WORTH_READING = 0.1
"""A candidate less probable is not read to see who made it."""
CONTRADICTED = 0.5
"""What an id leads to is believed unless it is less probable than this, by all else that is known."""
BY_ID = {"wikidata": Part("found", "wikidata", 3.0), "imdb": Part("found", "imdb", 2.0)}
"""What somebody's id leads to is mostly it, so that it takes a real contradiction to outweigh it."""
DOUBTFUL = {Likeness.UNLIKE, Likeness.OTHER_NUMBER}
KEPT = 5
"""Candidates that are kept for a person to choose from."""


class TitleFinder(Protocol):
    """What is asked of TMDb: `TmdbClient`, or anything that answers like it."""

    async def search(self, kind: TitleKind, query: str, *, year: int | None = None, page: int = 1) -> SearchPage: ...
    async def find_by_imdb(self, imdb_id: str) -> Found: ...
    async def title(self, ref: TitleRef, *, etag: str = "") -> Fetched: ...


async def find_title(facts: ScreenFacts, tmdb: TitleFinder) -> Verdict:
    """The title that a screen work is whose number nobody knows, or those that a person must choose from.

    By the id at IMDb, else by a search. An id that leads to nothing counts for nothing; one that all else
    contradicts is for a person to judge. A search's best candidate is read before it is taken, where we know who
    made the screen work; it is in the verdict, so that one who wants to have it anyway need not ask again. With
    the reading of what was taken: two requests where an id of IMDb's holds, and with a search mostly two. Raises
    SourceError.
    """
    return await _Search(facts, tmdb).verdict()


def judge(facts: ScreenFacts, title: Title) -> Verdict:
    """Whether a title is it that was read by a number which Wikidata, or a file, gives: it is taken, or where all
    else contradicts it, it is for a person to judge."""
    best = ranked([weigh_further(facts, _by_id("wikidata", weigh(facts, _hit_of(title))), title)])
    evidence = {"how": "wikidata", "requests": 1, "parts": [list(part) for part in best[0].parts]}
    return Verdict(facts, _outcome_by_id(best), title.ref, best[0].score, evidence, best)


class _Search:
    """One screen work's finding, and what it has asked so far."""

    def __init__(self, facts: ScreenFacts, tmdb: TitleFinder) -> None:
        self._facts = facts
        self._tmdb = tmdb
        self._requests = self._searches = 0
        self._candidates: dict[TitleRef, Candidate] = {}
        self._read: dict[TitleRef, Fetched] = {}

    async def verdict(self) -> Verdict:
        for imdb in self._facts.imdb:
            if hits := await self._found_by_imdb(imdb):
                return await self._by_imdb(hits)
        return await self._searched()

    async def _title(self, ref: TitleRef) -> Title | None:
        """The title, read once; None where it is gone."""
        if ref not in self._read:
            self._requests += 1
            try:
                self._read[ref] = await self._tmdb.title(ref)
            except NotFound:
                return None
        return self._read[ref].title

    async def _found_by_imdb(self, imdb: str) -> list[SearchHit]:
        """Titles behind an id, those of the likelier kind first. An episode is none; a 404 is a miss."""
        self._requests += 1
        try:
            found = await self._tmdb.find_by_imdb(imdb)
        except NotFound:
            return []
        kinds = kinds_of(self._facts.kind)
        return sorted(
            (hit for hit in found.hits if hit.ref not in self._facts.refused),
            key=lambda hit: kinds.index(hit.ref.kind),
        )

    async def _by_imdb(self, hits: list[SearchHit]) -> Verdict:
        """Who made it is looked up only where title or year speak against it."""
        first = weigh(self._facts, hits[0])
        if len(hits) > 1 or first.finding("year") == "far" or first.finding("title") in DOUBTFUL:
            await self._title(hits[0].ref)
        for hit in hits:
            self._keep(_by_id("imdb", weigh(self._facts, hit)))
        best = self._ranked()
        return self._told("imdb", best, _outcome_by_id(best))

    async def _searched(self) -> Verdict:
        async for query, page in self._pages():
            for hit in page.hits:
                if hit.ref not in self._candidates and hit.ref not in self._facts.refused:
                    self._candidates[hit.ref] = weigh(self._facts, hit, query=query)
            if await self._is_settled():
                break
        best = self._ranked()
        if is_clear(best):
            return self._told("search", best, "accepted")
        worth = tuple(one for one in best if one.score >= WORTH_A_LOOK)
        return self._told("search", worth, "review" if worth else "nothing")

    async def _is_settled(self) -> bool:
        """Whether the best candidate may be taken, now that it has been seen who made it."""
        while (best := self._ranked()) and best[0].score >= WORTH_READING:
            ref = best[0].ref
            if not self._facts.directors or ref in self._read:
                return is_clear(best)
            if len(self._read) >= MOST_READ:
                return True
            if await self._title(ref) is None:
                del self._candidates[ref]
            else:
                self._keep(best[0])
        return False

    def _keep(self, candidate: Candidate) -> None:
        """With what the title says of itself, where it has been read."""
        fetched = self._read.get(candidate.ref)
        title = fetched.title if fetched else None
        known = candidate if title is None else weigh_further(self._facts, candidate, title)
        self._candidates[candidate.ref] = known

    def _ranked(self) -> tuple[Candidate, ...]:
        return ranked(self._candidates.values())

    async def _pages(self) -> AsyncIterator[tuple[str, SearchPage]]:
        """What is searched by, and a page of it: every title; then, where that finds nothing, less of each, and
        at last among what TMDb files otherwise. By year too where there are many.

        Without the year first: it is often off by one, and its rivals must be seen.
        """
        likely, other = kinds_of(self._facts.kind)
        queries = _queries(self._facts.titles)
        for kind, query in [*((likely, query) for query in queries), *((other, query) for query in queries[:1])]:
            page = await self._search(kind, query)
            yield query, page
            for year in _years(self._facts.year) if page.pages > 1 else ():
                if self._searches < MOST_SEARCHES:
                    yield query, await self._search(kind, query, year=year)
            if self._has_namesake() or self._searches >= MOST_SEARCHES:
                return

    async def _search(self, kind: TitleKind, query: str, *, year: int | None = None) -> SearchPage:
        self._requests += 1
        self._searches += 1
        return await self._tmdb.search(kind, query, year=year)

    def _has_namesake(self) -> bool:
        """Whether something has our very title at about our time, so that other words would not find better."""
        return any(
            one.finding("title") in {Likeness.SAME, Likeness.SAME_WORDS} and one.finding("year") in {"same", "1"}
            for one in self._candidates.values()
        )

    def _told(self, how: How, best: tuple[Candidate, ...], outcome: Outcome) -> Verdict:
        evidence: dict[str, Any] = {"how": how, "requests": self._requests}
        if not best:
            return Verdict(self._facts, outcome, evidence=evidence)
        evidence["parts"] = [list(part) for part in best[0].parts]
        fetched = self._read.get(best[0].ref) if outcome == "accepted" else None
        return Verdict(self._facts, outcome, best[0].ref, best[0].score, evidence, best[:KEPT], fetched)


def _by_id(how: How, weighed: Candidate) -> Candidate:
    """The same, found by somebody's id and not by a search."""
    return replace(weighed, parts=(BY_ID[how], *weighed.parts[1:]))


def _outcome_by_id(best: tuple[Candidate, ...]) -> Outcome:
    return "accepted" if best[0].score >= CONTRADICTED else "review"


def _queries(titles: Iterable[str]) -> list[str]:
    """Every title, then what is left of each without what is written now so, now otherwise, and without a subtitle."""
    known = [title for title in titles if title.strip()]
    return list(dict.fromkeys([*known, *map(core, known), *map(core, map(main_part, known))]))


def _years(year: int | None) -> tuple[int, ...]:
    return () if year is None else (year, year - 1, year + 1)


def _hit_of(title: Title) -> SearchHit:
    return SearchHit(
        title.ref,
        title.title,
        title.original_title,
        title.original_language,
        title.released,
        title.popularity,
        title.votes,
    )
