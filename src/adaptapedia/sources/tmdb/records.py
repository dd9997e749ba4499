"""What TMDb tells us, typed. A title is told by its kind and its number: a film and a series may share one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TitleKind(StrEnum):
    """The two kinds of title, as TMDb's addresses spell them."""

    MOVIE = "movie"
    TV = "tv"


@dataclass(frozen=True, slots=True, order=True)
class TitleRef:
    """Which title: `/movie/438631` or `/tv/1399`."""

    kind: TitleKind
    tmdb_id: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One value of an answer that could not be used: why, and the value as it was found."""

    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result of a search or of a lookup by somebody else's id; no more than a page of results shows."""

    ref: TitleRef
    title: str
    original_title: str
    original_language: str
    released: date | None
    popularity: float
    votes: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search, best first as TMDb sorts them."""

    hits: tuple[SearchHit, ...]
    page: int
    pages: int
    """At most 500: TMDb shows no more."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What stands behind somebody else's id. A film and an episode can both match; only titles count here."""

    hits: tuple[SearchHit, ...]
    others: int
    """People, seasons and episodes that matched too."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """One page of the ids that changed in a window."""

    refs: tuple[TitleRef, ...]
    page: int
    pages: int
    """As TMDb counts them: it shows no more than 500, but says so when there are more."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageSizes:
    """How addresses of images are made: base + size + path (`/configuration`)."""

    base_url: str
    posters: tuple[str, ...]
    backdrops: tuple[str, ...]
    profiles: tuple[str, ...]
    logos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastMember:
    """Somebody on screen; `order` counts from 0, the best billed first."""

    person_id: int
    name: str
    character: str
    order: int
    profile_path: str


@dataclass(frozen=True, slots=True)
class CrewMember:
    """Somebody behind the camera; of a series, its creators too (job "Creator", no department)."""

    person_id: int
    name: str
    job: str
    department: str


@dataclass(frozen=True, slots=True)
class Season:
    """A season of a series; number 0 holds the specials."""

    number: int
    name: str
    aired: date | None
    episodes: int
    """0 where TMDb tells none."""
    poster_path: str


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a title can be watched in one country. The data are JustWatch's, who must be named beside them."""

    country: str
    """ISO 3166-1."""
    way: str
    """`flatrate`, `free`, `ads`, `rent` or `buy`."""
    provider_id: int
    name: str
    logo_path: str
    priority: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """An age rating in one country (ISO 3166-1)."""

    country: str
    rating: str


@dataclass(frozen=True, slots=True)
class Trailer:
    """A trailer on somebody else's site: `YouTube` or `Vimeo`, and its id there."""

    site: str
    key: str
    name: str
    language: str
    official: bool


@dataclass(frozen=True, slots=True)
class Title:
    """A film or series with all that one request brings.

    Texts are clean and may be empty, as may paths; `None` is "not known". Tuples keep TMDb's order
    where it means something (genres, cast, crew), and are sorted elsewhere, so that equal titles
    compare equal.
    """

    ref: TitleRef
    title: str
    original_title: str
    original_language: str
    overview: str
    tagline: str
    status: str
    homepage: str
    released: date | None
    """Of a series, its first broadcast."""
    ended: date | None
    """Of a series, its last broadcast; None for a film."""
    runtime: int | None
    """Minutes; of a series, of an ordinary episode."""
    episodes: int | None
    popularity: float
    vote_average: float
    votes: int
    genres: tuple[str, ...]
    countries: tuple[str, ...]
    """ISO 3166-1."""
    keywords: tuple[str, ...]
    poster_path: str
    backdrop_path: str
    imdb_id: str
    wikidata_id: int | None
    cast: tuple[CastMember, ...]
    crew: tuple[CrewMember, ...]
    seasons: tuple[Season, ...]
    providers: tuple[Provider, ...]
    provider_links: tuple[tuple[str, str], ...]
    """Country → TMDb's page of where to watch, as (country, address)."""
    certificates: tuple[Certificate, ...]
    trailers: tuple[Trailer, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer about one title. `title` is None when it is as it was when it had the ETag that was sent along."""

    ref: TitleRef
    title: Title | None
    etag: str
