"""Examples for the schema and its page: an answer as it comes, for every operation."""

from typing import Any

ROOT = "https://adaptapedia.example/"
API = f"{ROOT}api/v1/"
TIMES = {"created_at": "2026-11-22T02:00:00Z", "updated_at": "2026-11-22T02:00:00Z"}

WORK_BRIEF: dict[str, Any] = {
    "id": 12,
    "title": "Frankenstein",
    "year": 1818,
    "form": "novel",
    "url": f"{API}works/12/",
    "page": f"{ROOT}book/frankenstein/",
}
SCREEN_BRIEF: dict[str, Any] = {
    "id": 31,
    "title": "Frankenstein",
    "year": 1931,
    "kind": "film",
    "url": f"{API}screen-works/31/",
    "page": f"{ROOT}screen/frankenstein/",
}
TIE = {"id": 7, "url": f"{API}adaptations/7/", "relation": "based_on"}
TITLED = {
    "title": "Frankenstein",
    "title_language": "en",
    "original_title": None,
    "original_language": "en",
    "genres": ["Q193606"],
    "series": [],
}

WORK: dict[str, Any] = {
    "id": 12,
    "url": f"{API}works/12/",
    "slug": "frankenstein",
    "wikidata": "Q150827",
    **TIMES,
    **TITLED,
    "year": 1818,
    "countries": ["Q145"],
    "page": f"{ROOT}book/frankenstein/",
    "form": "novel",
    "authors": [{"id": 5, "name": "Mary Shelley", "position": 1, "url": f"{API}people/5/", "source": "wikidata"}],
    "external_ids": [{"scheme": "open_library", "value": "OL450063W"}],
    "adaptations_url": f"{API}adaptations/?work=12",
}
WORK_METADATA = {
    "source": "open_library",
    "notice": "From Open Library, a project of the Internet Archive.",
    "terms": "https://openlibrary.org/developers/licensing",
    "page": "https://openlibrary.org/works/OL450063W",
    "title": "Frankenstein",
    "first_year": 1818,
    "authors": [{"key": "OL25342A", "name": "Mary Shelley"}],
    "subjects": ["Monsters", "Scientists"],
    "languages": ["eng"],
    "cover_id": 12356249,
    "editions": 2100,
    "rating": 3.9,
    "ratings": 640,
    "description": "A scientist makes a creature, and leaves it to itself.",
    "changed_at": TIMES["updated_at"],
    "written_here": [],
}
SCREEN_METADATA = {
    "source": "tmdb",
    "notice": "This product uses the TMDB API but is not endorsed or certified by TMDB.",
    "terms": "https://www.themoviedb.org/api-terms-of-use",
    "page": "https://www.themoviedb.org/movie/3035",
    "title": "Frankenstein",
    "overview": "A scientist makes a creature, and is afraid of it.",
    "tagline": "",
    "status": "Released",
    "homepage": "",
    "released": "1931-11-21",
    "ended": None,
    "runtime": 71,
    "episodes": None,
    "popularity": 17.2,
    "vote_average": 7.5,
    "votes": 1600,
    "genres": ["Drama", "Horror"],
    "keywords": ["mad scientist"],
    "poster_path": "/mu6wHwH0iyY6kW2y5LkoGWLQYWD.jpg",
    "backdrop_path": "",
    "certificates": {"US": ["NR"]},
    "trailers": [{"site": "YouTube", "key": "BN8K-4osNb0", "name": "Trailer", "language": "en", "official": False}],
    "seasons": [],
    "cast": [{"id": 2920, "name": "Colin Clive", "character": "Henry Frankenstein", "profile_path": ""}],
    "changed_at": TIMES["updated_at"],
    "written_here": [],
}
WORK_ALONE = {**WORK, "adaptations": [{**TIE, "screen_work": SCREEN_BRIEF}], "metadata": WORK_METADATA}

SCREEN_WORK: dict[str, Any] = {
    "id": 31,
    "url": f"{API}screen-works/31/",
    "slug": "frankenstein",
    "wikidata": "Q211372",
    **TIMES,
    **TITLED,
    "year": 1931,
    "countries": ["Q30"],
    "page": f"{ROOT}screen/frankenstein/",
    "kind": "film",
    "end_year": None,
    "credits": [
        {
            "id": 8,
            "name": "James Whale",
            "position": 1,
            "url": f"{API}people/8/",
            "role": "director",
            "source": "wikidata",
        }
    ],
    "external_ids": [{"scheme": "imdb", "value": "tt0021884"}],
    "adaptations_url": f"{API}adaptations/?screen_work=31",
    "remakes_url": f"{API}adaptations/?original=31",
}
SCREEN_WORK_ALONE = {
    **SCREEN_WORK,
    "adaptations": [{**TIE, "work": WORK_BRIEF, "original": None}],
    "remakes": [],
    "metadata": SCREEN_METADATA,
}

ADAPTATION: dict[str, Any] = {
    **TIE,
    "screen_work": SCREEN_BRIEF,
    "work": WORK_BRIEF,
    "original": None,
    "source": "wikidata",
    "confidence": 100,
    "first_seen_at": "2026-11-22T02:00:00Z",
    "missing_since": None,
}

PERSON: dict[str, Any] = {
    "id": 5,
    "url": f"{API}people/5/",
    "slug": "mary-shelley",
    "wikidata": "Q47152",
    **TIMES,
    "name": "Mary Shelley",
    "name_language": "en",
    "birth_year": 1797,
    "death_year": 1851,
    "external_ids": [],
    "works_url": f"{API}works/?person=5",
    "screen_works_url": f"{API}screen-works/?person=5",
}
PERSON_ALONE = {**PERSON, "works": [WORK_BRIEF], "screen_works": []}

FIGURES = {"day": "2026-11-23", "works": 1873, "screen_works": 2409, "adaptations": 2526, "people": 3127}
DAY = {"day": "2026-11-22", "figures": {"works": 1873, "screen_works": 2409, "adaptations": 2526}}

CREDENTIALS = {"username": "reader", "password": "a lantern in the library"}
REFRESH = {"refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl"}
PAIR = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    **REFRESH,
    "expires_in": 900,
    "token_type": "Bearer",
}
