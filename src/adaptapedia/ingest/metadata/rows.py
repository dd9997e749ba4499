"""Titles of TMDb and works of Open Library → rows of staging tables. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from adaptapedia.sources.openlibrary.records import OpenLibraryWork
from adaptapedia.sources.tmdb.records import (
    CastMember,
    CrewMember,
    Provider,
    Season,
    Title,
    TitleKind,
    Trailer,
)

TMDB = "tmdb"
OPEN_LIBRARY = "open_library"

ROW_VERSION = 1
"""To be raised with any change of what rows are made of: everything is then merged once more."""
CAST_SHOWN = 10
"""The best billed so many become people of the catalogue."""
EPISODE_WORK = 4
"""More people than these in one role of a series each made an episode or two: the series is nobody's of them."""
SUBJECTS_KEPT = 50
"""Of a famous work Open Library has thousands, most of them a library's shelf marks."""

ROLES = {
    "Director": "director",
    "Creator": "creator",
    "Screenplay": "screenwriter",
    "Writer": "screenwriter",
    "Teleplay": "screenwriter",
}
"""TMDb's jobs, as `ScreenCredit.Role` calls them. Who wrote the book ("Novel") is the book's author."""


class TitleRow(NamedTuple):
    """Columns of catalogue_screenmetadata, but for what the database adds."""

    screen_work_id: int
    digest: int
    kind: str
    tmdb_id: int
    title: str
    overview: str
    tagline: str
    status: str
    homepage: str
    released: str | None
    ended: str | None
    runtime: int | None
    episodes: int | None
    popularity: float
    vote_average: float
    votes: int
    genres: list[str]
    keywords: list[str]
    poster_path: str
    backdrop_path: str
    certificates: str
    trailers: str
    providers: str
    seasons: str
    cast: str


class WorkRow(NamedTuple):
    """Columns of catalogue_workmetadata, but for what the database adds. Descriptions come on their own."""

    work_id: int
    digest: int
    key: str
    title: str
    first_year: int | None
    authors: str
    subjects: list[str]
    languages: list[str]
    cover_id: int | None
    editions: int | None
    rating: float | None
    ratings: int | None


class Credit(NamedTuple):
    """Somebody in a title's credits, by TMDb's number of the person."""

    role: str
    position: int
    tmdb_person: int
    name: str


TITLE_TYPES = {
    "screen_work_id": "bigint",
    "digest": "bigint",
    "tmdb_id": "bigint",
    "released": "date",
    "ended": "date",
    "runtime": "integer",
    "episodes": "integer",
    "popularity": "double precision",
    "vote_average": "double precision",
    "votes": "integer",
    "genres": "text[]",
    "keywords": "text[]",
    "certificates": "jsonb",
    "trailers": "jsonb",
    "providers": "jsonb",
    "seasons": "jsonb",
    "cast": "jsonb",
}
WORK_TYPES = {
    "work_id": "bigint",
    "digest": "bigint",
    "first_year": "integer",
    "authors": "jsonb",
    "subjects": "text[]",
    "languages": "text[]",
    "cover_id": "bigint",
    "editions": "integer",
    "rating": "double precision",
    "ratings": "integer",
}
"""Types of the staged columns that are not text."""


def title_row(title: Title, *, screen_work_id: int) -> TitleRow:
    """What the catalogue keeps of a title for one screen work."""
    row = TitleRow(
        screen_work_id=screen_work_id,
        digest=0,
        kind=title.ref.kind.value,
        tmdb_id=title.ref.tmdb_id,
        title=title.title,
        overview=title.overview,
        tagline=title.tagline,
        status=title.status[:40],
        homepage=_web_address(title.homepage),
        released=title.released.isoformat() if title.released else None,
        ended=title.ended.isoformat() if title.ended else None,
        runtime=title.runtime,
        episodes=title.episodes,
        popularity=title.popularity,
        vote_average=title.vote_average,
        votes=title.votes,
        genres=list(title.genres),
        keywords=list(title.keywords),
        poster_path=title.poster_path[:200],
        backdrop_path=title.backdrop_path[:200],
        certificates=_json(_certificates(title)),
        trailers=_json([_trailer(trailer) for trailer in title.trailers]),
        providers=_json(_providers(title)),
        seasons=_json([_season(season) for season in title.seasons]),
        cast=_json([_member(member) for member in _cast(title)]),
    )
    return row._replace(digest=_digest(row[2:], credits_of(title)))


def work_row(work: OpenLibraryWork, *, work_id: int) -> WorkRow:
    """What the catalogue keeps of a work of Open Library for one work of ours."""
    row = WorkRow(
        work_id=work_id,
        digest=0,
        key=work.key,
        title=work.title,
        first_year=work.first_year,
        authors=_json(work.authors),
        subjects=list(work.subjects[:SUBJECTS_KEPT]),
        languages=list(work.languages),
        cover_id=work.cover_id,
        editions=work.editions,
        rating=work.rating,
        ratings=work.ratings,
    )
    return row._replace(digest=_digest(row[2:]))


def credits_of(title: Title) -> tuple[Credit, ...]:
    """Directors, creators, screenwriters and the best billed cast, each once a role, in TMDb's order.

    Of a series, a role that more than EPISODE_WORK people share is left out.
    """
    crew = (credit for role in dict.fromkeys(ROLES.values()) for credit in _of_role(title, role))
    return (*crew, *_placed("cast", ((member.person_id, member.name) for member in _cast(title))))


def _cast(title: Title) -> list[CastMember]:
    """The best billed, each once."""
    seen: dict[int, CastMember] = {}
    for member in title.cast:
        if member.name:
            seen.setdefault(member.person_id, member)
    return list(seen.values())[:CAST_SHOWN]


def _of_role(title: Title, role: str) -> Iterator[Credit]:
    named = {member.person_id: member.name for member in _named(title.crew) if ROLES.get(member.job) == role}
    if title.ref.kind is TitleKind.MOVIE or role == "creator" or len(named) <= EPISODE_WORK:
        yield from _placed(role, named.items())


def _named(crew: Iterable[CrewMember]) -> Iterator[CrewMember]:
    return (member for member in crew if member.name)


def _placed(role: str, people: Iterable[tuple[int, str]]) -> Iterator[Credit]:
    return (Credit(role, position, person, name) for position, (person, name) in enumerate(people))


def _certificates(title: Title) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for certificate in title.certificates:
        found.setdefault(certificate.country, []).append(certificate.rating)
    return found


def _providers(title: Title) -> dict[str, dict[str, Any]]:
    """By country: TMDb's page of where to watch, and by way the providers as [number, name], most usual first."""
    links = dict(title.provider_links)
    found: dict[str, dict[str, Any]] = {
        country: {"link": _web_address(link)} for country, link in links.items() if _web_address(link)
    }
    for provider in sorted(title.providers, key=_place):
        ways = found.setdefault(provider.country, {})
        ways.setdefault(provider.way, []).append([provider.provider_id, provider.name])
    return {country: ways for country, ways in sorted(found.items()) if ways.keys() - {"link"}}


def _place(provider: Provider) -> tuple[str, str, int, int]:
    return (provider.country, provider.way, provider.priority, provider.provider_id)


def _trailer(trailer: Trailer) -> dict[str, Any]:
    return {
        "site": trailer.site,
        "key": trailer.key,
        "name": trailer.name,
        "language": trailer.language,
        "official": trailer.official,
    }


def _season(season: Season) -> dict[str, Any]:
    return {
        "number": season.number,
        "name": season.name,
        "aired": season.aired.isoformat() if season.aired else None,
        "episodes": season.episodes,
        "poster_path": season.poster_path,
    }


def _member(member: CastMember) -> dict[str, Any]:
    return {
        "id": member.person_id,
        "name": member.name,
        "character": member.character,
        "profile_path": member.profile_path,
    }


def _web_address(text: str) -> str:
    """Nothing that a browser would run: only addresses of the web are kept."""
    return text if text.startswith(("https://", "http://")) else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _digest(*parts: Sequence[object]) -> int:
    """A number that changes when anything changes that a row is made of."""
    made_of = ascii((ROW_VERSION, *parts)).encode()
    return int.from_bytes(blake2b(made_of, digest_size=8).digest(), "big", signed=True)
