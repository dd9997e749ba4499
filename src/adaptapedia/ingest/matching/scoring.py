"""How probable it is that a title is the one looked for. Pure.

After Fellegi and Sunter ("A Theory for Record Linkage", 1969): each thing compared adds to the
logarithm of the odds by how much more often it comes out so with the right title than with another.
The weights were set by hand, more careful than the counts of `benchmarks/matching.py` would have them, because its
universe is tidier than the world; that benchmark tells how well they do. The odds of all that was found, and of
"none of these", then share one probability.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp

from adaptapedia.ingest.matching.people import Known, in_common
from adaptapedia.ingest.matching.records import Candidate, Part, ScreenFacts, kinds_of
from adaptapedia.ingest.matching.titles import Likeness, holds, likeness
from adaptapedia.sources.tmdb.records import SearchHit, Title, TitleKind

ACCEPTED = 0.95
"""So probable, and it is taken without asking anybody."""
WORTH_A_LOOK = 0.02
"""Less probable candidates are not worth a person's time."""

FOUND = Part("found", "search", -5.0)
"""What a search brings is seldom it: that has to be outweighed."""
TITLE = {
    Likeness.SAME: 6.0,
    Likeness.SAME_WORDS: 5.5,
    Likeness.NEARLY: 4.0,
    Likeness.BEGINNING: 2.5,
    Likeness.LIKE: 0.0,
    Likeness.OTHER_NUMBER: -4.0,
    Likeness.UNLIKE: -4.0,
}
OTHER_NAME = Part("title", "other_name", 0.0)
"""Found by our title, which stands in none that is shown: by one of its alternative titles, then."""
ORIGINAL_TOO = 1.0
"""Where title and original title differ and both are theirs too."""
YEAR = {"same": 3.5, "1": 1.0, "2": -1.5, "3": -3.0, "far": -6.0, "unknown": 0.0}
KIND = {"likely": 0.0, "either": -1.0, "unlikely": -3.5}
"""TMDb files television films with films and miniseries with series mostly, not always; of others it hardly errs."""
LANGUAGE = {"same": 0.5, "other": -2.0, "unknown": 0.0}
DIRECTOR = {Known.SAME: 5.0, Known.FAMILY_NAME: 0.0, Known.OTHERS: -6.0, Known.UNKNOWN: 0.0}
CREATOR_DIFFERS = -1.5
"""Of a series: those who directed it are seldom those whom TMDb names."""
ITEM = {"same": 12.0, "other": -12.0}
IMDB = {"same": 8.0, "other": -4.0}
"""What a title says of itself: the item of Wikidata, the id at IMDb. The latter clash in reality."""

_SAME_LANGUAGE = {"cn": "zh", "yue": "zh", "cmn": "zh", "nb": "no", "nn": "no", "sh": "sr", "in": "id", "iw": "he"}


def weigh(facts: ScreenFacts, hit: SearchHit, *, query: str = "") -> Candidate:
    """What a page of results shows of a title, against what we know; `query` is what it was searched by."""
    year = hit.released.year if hit.released else None
    return Candidate(
        hit.ref,
        hit.title,
        hit.original_title,
        hit.original_language,
        year,
        (
            FOUND,
            *_titles(facts, hit.title, hit.original_title, query),
            _year(facts, year),
            _kind(facts, hit.ref.kind),
            _language(facts, hit.original_language),
        ),
    )


def weigh_further(facts: ScreenFacts, candidate: Candidate, title: Title) -> Candidate:
    """The same once the title itself has been read: who made it, and what else it says of itself."""
    parts = [_director(facts, title)]
    if facts.wikidata_id is not None and title.wikidata_id is not None:
        finding = "same" if title.wikidata_id == facts.wikidata_id else "other"
        parts.append(Part("item", finding, ITEM[finding]))
    if facts.imdb and title.imdb_id and candidate.finding("found") != "imdb":
        finding = "same" if title.imdb_id in facts.imdb else "other"
        parts.append(Part("imdb", finding, IMDB[finding]))
    return replace(candidate, parts=(*candidate.parts, *parts))


def ranked(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Candidates, each once, with the probability that each has beside the others and beside none; the best first."""
    ours = {candidate.ref: candidate for candidate in candidates}
    weights = {ref: exp(candidate.odds) for ref, candidate in ours.items()}
    everything = 1.0 + sum(weights.values())
    scored = [replace(candidate, score=weights[ref] / everything) for ref, candidate in ours.items()]
    return tuple(sorted(scored, key=lambda candidate: (-candidate.score, candidate.ref)))


def is_clear(candidates: Sequence[Candidate]) -> bool:
    """Whether the best one may be taken. As they share one probability, it is then far ahead of the second."""
    return bool(candidates) and candidates[0].score >= ACCEPTED


def _titles(facts: ScreenFacts, title: str, original: str, query: str) -> list[Part]:
    theirs = tuple(dict.fromkeys((title, original)))
    alike = likeness(facts.titles, theirs)
    if alike is Likeness.UNLIKE and query in facts.titles and not any(holds(one, query) for one in theirs):
        return [OTHER_NAME]
    parts = [Part("title", alike, TITLE[alike])]
    close = {Likeness.SAME, Likeness.SAME_WORDS}
    if alike in close and facts.original_title and original != title:
        others = [one for one in facts.titles if one != facts.original_title]
        if likeness([facts.original_title], [original]) in close and likeness(others, [title]) in close:
            parts.append(Part("original_title", "same", ORIGINAL_TOO))
    return parts


def _year(facts: ScreenFacts, year: int | None) -> Part:
    if facts.year is None or year is None:
        return Part("year", "unknown", YEAR["unknown"])
    distance = abs(facts.year - year)
    finding = "same" if distance == 0 else str(distance) if distance <= 3 else "far"
    return Part("year", finding, YEAR[finding])


def _kind(facts: ScreenFacts, kind: TitleKind) -> Part:
    if kinds_of(facts.kind)[0] is kind:
        finding = "likely"
    else:
        finding = "unlikely" if facts.kind in {"film", "short", "series"} else "either"
    return Part("kind", finding, KIND[finding])


def _language(facts: ScreenFacts, language: str) -> Part:
    ours, theirs = _primary(facts.language), _primary(language)
    finding = "unknown" if not ours or not theirs else "same" if ours == theirs else "other"
    return Part("language", finding, LANGUAGE[finding])


def _primary(language: str) -> str:
    tag = language.partition("-")[0].lower()
    tag = "" if tag in {"mul", "und", "xx", "zxx"} else tag
    return _SAME_LANGUAGE.get(tag, tag)


def _director(facts: ScreenFacts, title: Title) -> Part:
    named = [member.name for member in title.crew if member.job in {"Director", "Creator"}]
    known = in_common(facts.directors, named)
    differs = known is Known.OTHERS and title.ref.kind is TitleKind.TV
    return Part("director", known, CREATOR_DIFFERS if differs else DIRECTOR[known])
