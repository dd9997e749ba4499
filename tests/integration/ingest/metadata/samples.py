"""Titles as TMDb tells them, and screen works that they belong to."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from adaptapedia.catalogue.models import ScreenExternalId, ScreenWork, Work, WorkExternalId
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.openlibrary.records import OpenLibraryWork
from adaptapedia.sources.tmdb.records import (
    CastMember,
    Certificate,
    CrewMember,
    Provider,
    Season,
    Title,
    TitleKind,
    TitleRef,
    Trailer,
)

FIRST = Origin("tmdb", 1, datetime(2026, 11, 1, 3, tzinfo=UTC))
SECOND = Origin("tmdb", 2, datetime(2026, 11, 8, 3, tzinfo=UTC))

CAST = tuple(CastMember(100 + n, f"Actor {n}", f"Part {n}", n, f"/{n}.jpg") for n in range(12))
LYNCH = CrewMember(5602, "David Lynch", "Director", "Directing")
LYNCH_WRITES = CrewMember(5602, "David Lynch", "Screenplay", "Writing")
HERBERT_WROTE = CrewMember(7934, "Frank Herbert", "Novel", "Writing")


def title(tmdb_id: int = 841, **changes: Any) -> Title:
    kind = changes.pop("kind", TitleKind.MOVIE)
    return Title(
        **{
            "ref": TitleRef(kind, tmdb_id),
            "title": "Dune",
            "original_title": "Dune",
            "original_language": "en",
            "overview": "In the year 10,191, the spice must flow.",
            "tagline": "A place beyond your dreams.",
            "status": "Released",
            "homepage": "",
            "released": date(1984, 12, 14),
            "ended": None,
            "runtime": 137,
            "episodes": None,
            "popularity": 21.5,
            "vote_average": 6.2,
            "votes": 3100,
            "genres": ("Science Fiction", "Adventure"),
            "countries": ("US",),
            "keywords": ("desert", "sand worm"),
            "poster_path": "/poster.jpg",
            "backdrop_path": "/backdrop.jpg",
            "imdb_id": "tt0087182",
            "wikidata_id": 114819,
            "cast": CAST,
            "crew": (LYNCH, LYNCH_WRITES, HERBERT_WROTE),
            "seasons": (),
            "providers": (
                Provider("DE", "flatrate", 8, "Netflix", "/n.jpg", 1),
                Provider("DE", "rent", 2, "Apple TV", "/a.jpg", 4),
                Provider("US", "buy", 2, "Apple TV", "/a.jpg", 4),
            ),
            "provider_links": (
                ("DE", "https://www.themoviedb.org/movie/841-dune/watch?locale=DE"),
                ("US", "https://www.themoviedb.org/movie/841-dune/watch?locale=US"),
            ),
            "certificates": (Certificate("DE", "12"), Certificate("US", "PG-13")),
            "trailers": (Trailer("YouTube", "KwPTIEWTYEI", "Trailer", "en", True),),
            **changes,
        }
    )


def series(tmdb_id: int = 1399, **changes: Any) -> Title:
    seasons = (Season(1, "Season 1", date(2011, 4, 17), 10, "/s1.jpg"), Season(2, "Season 2", None, 10, ""))
    told = {"title": "Game of Thrones", "seasons": seasons, "episodes": 73, "runtime": 60, "kind": TitleKind.TV}
    return title(tmdb_id, **{**told, **changes})


def open_library_work(key: str = "OL893415W", **changes: Any) -> OpenLibraryWork:
    return OpenLibraryWork(
        **{
            "key": key,
            "title": "Dune",
            "first_year": 1965,
            "authors": (("OL79034A", "Frank Herbert"),),
            "subjects": ("Science fiction", "Dune (Imaginary place)"),
            "languages": ("eng", "fre"),
            "cover_id": 11481354,
            "editions": 120,
            "rating": 4.3,
            "ratings": 420,
            **changes,
        }
    )


def screen_work(slug: str = "dune", *, tmdb: str = "movie/841", source: str = "wikidata", **fields: Any) -> ScreenWork:
    made = ScreenWork.objects.create(
        **{
            "slug": slug,
            "title": "Dune",
            "title_language": "en",
            "sort_key": "dune",
            "search_text": "dune",
            "kind": "film",
            "year": 1984,
            **fields,
        }
    )
    if tmdb:
        kind, _, number = tmdb.partition("/")
        ScreenExternalId.objects.create(screen_work=made, scheme=f"tmdb_{kind}", value=number, source=source)
    return made


def work(slug: str = "dune", *, key: str = "OL893415W") -> Work:
    made = Work.objects.create(
        slug=slug, title="Dune", title_language="en", sort_key="dune", search_text="dune", form="novel", year=1965
    )
    if key:
        WorkExternalId.objects.create(work=made, scheme="open_library", value=key, source="wikidata")
    return made


def row_versions() -> dict[str, list[tuple[object, ...]]]:
    """Where every row of the catalogue lies and which transaction wrote it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'catalogue\\_%'")
        versions = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT ctid::text, xmin::text FROM {table} ORDER BY 1")
            versions[table] = cursor.fetchall()
    return versions
