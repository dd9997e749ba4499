"""Reading what we know of screen works, for many at once."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from adaptapedia.catalogue.models import ScreenCredit, ScreenExternalId, ScreenWork
from adaptapedia.ingest.matching.records import ScreenFacts
from adaptapedia.ingest.models import Match
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef

__all__ = ["MATCHER", "PERSON", "SCHEMES", "ScreenFacts", "facts_of", "ref_of"]

MATCHER = "tmdb"
"""The source of an id that a matching found, beside those of Wikidata and of people."""
PERSON = "person"
"""The source of an id that a person has chosen: no upstream's merge takes it away."""
SCHEMES = {
    TitleKind.MOVIE: ScreenExternalId.Scheme.TMDB_MOVIE,
    TitleKind.TV: ScreenExternalId.Scheme.TMDB_TV,
}
"""Under which scheme a title's number stands in the catalogue."""
_IMDB_TITLE = re.compile(r"tt\d{7,10}", re.ASCII)
_MADE_BY = (ScreenCredit.Role.DIRECTOR, ScreenCredit.Role.CREATOR)


def facts_of(screen_work_ids: Sequence[int], *, but_of: Collection[str] = ()) -> list[ScreenFacts]:
    """What is known of each, in their order, in four statements. Retired and unknown ones are left out.

    What the sources `but_of` say of who made it is left out too.
    """
    entries = ScreenWork.objects.filter(pk__in=screen_work_ids, retired_at=None).in_bulk()
    makers, imdb = _makers(entries, but_of), _imdb_ids(entries)
    refused = dict(Match.objects.filter(screen_work__in=entries).values_list("screen_work", "refused"))
    return [
        _facts(entries[key], makers[key], imdb[key], refused.get(key, ()))
        for key in dict.fromkeys(screen_work_ids)
        if key in entries
    ]


def ref_of(text: str) -> TitleRef | None:
    """The title of "movie/841", as addresses and rows have it; None where it is none."""
    kind, _, number = text.partition("/")
    is_one = kind in set(TitleKind) and number.isascii() and number.isdecimal() and len(number) < 10
    return TitleRef(TitleKind(kind), int(number)) if is_one else None


def _makers(entries: Iterable[int], but_of: Collection[str]) -> Mapping[int, list[str]]:
    named: defaultdict[int, list[str]] = defaultdict(list)
    credits = ScreenCredit.objects.filter(screen_work__in=entries, role__in=_MADE_BY).order_by("role", "position")
    credits = credits.exclude(source__in=but_of)
    for key, name, credited in credits.values_list("screen_work", "person__name", "name"):
        named[key].append(name or credited)
    return named


def _imdb_ids(entries: Iterable[int]) -> Mapping[int, list[str]]:
    """A person's first, then as they came."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    ids = ScreenExternalId.objects.filter(screen_work__in=entries, scheme="imdb").order_by("id")
    rows = ids.values_list("screen_work", "value", "source")
    for key, value, _source in sorted(rows, key=lambda row: row[2] != PERSON):
        found[key].append(value)
    return found


def _facts(entry: ScreenWork, makers: Iterable[str], imdb: Iterable[str], refused: Iterable[str]) -> ScreenFacts:
    titles = dict.fromkeys(title for title in (entry.title, entry.original_title) if title)
    return ScreenFacts(
        screen_work_id=entry.pk,
        titles=tuple(titles),
        original_title=entry.original_title,
        year=entry.year,
        end_year=entry.end_year,
        kind=entry.kind,
        language=entry.original_language,
        directors=tuple(dict.fromkeys(makers)),
        imdb=tuple(value for value in imdb if _IMDB_TITLE.fullmatch(value)),
        refused=tuple(ref for text in refused if (ref := ref_of(text))),
        wikidata_id=entry.wikidata_id,
    )
