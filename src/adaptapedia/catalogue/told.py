"""What TMDb and Open Library tell of an entry, as its page shows it: read within the statement of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCREEN_TOLD = """
    (SELECT json_build_object(
        'kind', m.kind, 'tmdb_id', m.tmdb_id, 'overview', m.overview, 'tagline', m.tagline,
        'runtime', m.runtime, 'episodes', m.episodes, 'genres', m.genres,
        'certificates', coalesce(m.certificates -> %(country)s, '[]'), 'trailers', m.trailers,
        'seasons', m.seasons, 'cast', m."cast", 'vote_average', m.vote_average, 'votes', m.votes,
        'poster_path', m.poster_path, 'image_base', coalesce(i.base_url, ''), 'poster_sizes', coalesce(i.posters, '{}'),
        'providers', coalesce(m.providers -> %(country)s, '{}'),
        'countries', (SELECT coalesce(json_agg(k ORDER BY k), '[]') FROM jsonb_object_keys(m.providers) AS k))
     FROM catalogue_screenmetadata m LEFT JOIN catalogue_imagesizes i ON i.source = 'tmdb'
     WHERE m.screen_work_id = e.id)"""
"""SQL for the fields of `ScreenTold`, of the screen work `e`; NULL where TMDb tells nothing. Takes `country`."""

BOOK_TOLD = """
    (SELECT json_build_object(
        'key', m.key, 'description', m.description, 'subjects', m.subjects, 'rating', m.rating,
        'ratings', m.ratings, 'editions', m.editions, 'cover_id', m.cover_id)
     FROM catalogue_workmetadata m WHERE m.work_id = e.id)"""
"""SQL for the fields of `BookTold`, of the work `e`; NULL where Open Library tells nothing."""


@dataclass(frozen=True, slots=True)
class ScreenTold:
    """What TMDb tells of a film or series, and JustWatch through it; certificates and providers of one country."""

    kind: str
    tmdb_id: int
    overview: str
    tagline: str
    runtime: int | None
    episodes: int | None
    genres: Sequence[str]
    certificates: Sequence[str]
    trailers: Sequence[Mapping[str, Any]]
    seasons: Sequence[Mapping[str, Any]]
    cast: Sequence[Mapping[str, Any]]
    vote_average: float
    votes: int
    poster_path: str
    image_base: str
    poster_sizes: Sequence[str]
    providers: Mapping[str, Any]
    """Way → [[number, name], …], and the `link` of TMDb's own page of where to watch."""
    countries: Sequence[str]
    """Those in which somebody shows it."""


@dataclass(frozen=True, slots=True)
class BookTold:
    """What Open Library tells of a work."""

    key: str
    description: str
    subjects: Sequence[str]
    rating: float | None
    ratings: int | None
    editions: int | None
    cover_id: int | None
