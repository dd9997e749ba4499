"""What TMDb and Open Library tell, as rows."""

from typing import Any

from django.utils import timezone

from adaptapedia.catalogue.models import ImageSizes, ScreenCredit, ScreenMetadata, ScreenWork, Work, WorkMetadata
from tests.integration.web.samples import make_person


def tell_of_screen(screen: ScreenWork, **fields: Any) -> ScreenMetadata:
    """TMDb's metadata of a screen work, with two on screen."""
    for position, name in enumerate(("Max Schreck", "Greta Schröder")):
        ScreenCredit.objects.create(
            screen_work=screen, person=make_person(name), role="cast", position=position, source="tmdb"
        )
    ImageSizes.objects.get_or_create(
        source="tmdb",
        defaults={"base_url": "https://image.tmdb.org/t/p/", "posters": ["w92", "w342", "original"]},
    )
    told = {
        "kind": "movie",
        "tmdb_id": 653,
        "title": "Nosferatu",
        "overview": "A <vampire> & a plague.",
        "tagline": "A symphony of horror.",
        "runtime": 95,
        "genres": ["Horror", "Fantasy"],
        "vote_average": 7.7,
        "votes": 2200,
        "poster_path": "/zv7J85D8CC9qYagAEhPM63CIG6j.jpg",
        "certificates": {"US": ["NR"], "DE": ["12"]},
        "trailers": [
            {"site": "YouTube", "key": "fan", "name": "Fan trailer", "language": "en", "official": False},
            {"site": "YouTube", "key": "FC6jFoYm3xs", "name": "Official", "language": "en", "official": True},
        ],
        "providers": {
            "DE": {"link": "https://www.themoviedb.org/movie/653/watch?locale=DE", "flatrate": [[8, "Netflix"]]},
            "US": {"rent": [[2, "Apple TV"], [3, "Google Play"]], "ads": [[73, "Tubi TV"]]},
        },
        "cast": [
            {"id": 1, "name": "Max Schreck", "character": "Graf Orlok", "profile_path": ""},
            {"id": 2, "name": "Greta Schröder", "character": "Ellen", "profile_path": ""},
        ],
        "digest": 1,
        "changed_at": timezone.now(),
        "provenance": {"*": ["tmdb", 1, "2026-11-01T03:00:00+00:00"]},
    }
    return ScreenMetadata.objects.create(screen_work=screen, **{**told, **fields})


def tell_of_work(work: Work, **fields: Any) -> WorkMetadata:
    """Open Library's metadata of a work."""
    told = {
        "key": "OL85892W",
        "title": "Dracula",
        "description": "A count <moves> house.",
        "subjects": ["Vampires", "Horror tales"],
        "rating": 4.04,
        "ratings": 310,
        "editions": 1500,
        "cover_id": 12216503,
        "digest": 1,
        "changed_at": timezone.now(),
    }
    return WorkMetadata.objects.create(work=work, **{**told, **fields})
