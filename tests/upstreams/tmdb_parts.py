"""The parts of a title that can be appended to it, or asked for under an address of their own. Pure.

Shapes: TMDb's developer docs, "Append To Response" and the parts' own pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.upstreams.catalogue import Person, TmdbTitle
from tests.upstreams.invented import NOUNS, Dice, name

Body = dict[str, Any]

CERTIFICATES = {
    "US": ("", "G", "PG", "PG-13", "R", "NC-17", "NR"), "DE": ("0", "6", "12", "16", "18"),
    "GB": ("U", "PG", "12A", "15", "18"), "FR": ("", "TP", "12", "16"), "JP": ("G", "PG12", "R15+"),
}  # fmt: skip
TV_CERTIFICATES = {
    "US": ("TV-PG", "TV-14", "TV-MA"),
    "DE": ("6", "12", "16"),
    "GB": ("PG", "12", "15"),
    "BR": ("L", "14"),
}
PROVIDERS = (
    (8, "Netflix", "/pbpMk2JmcoNnQwx5JGpXngfoWtp.jpg", ("flatrate",)),
    (9, "Amazon Prime Video", "/pvske1MyAoymrs5bguRfVqYiM9a.jpg", ("flatrate", "rent", "buy")),
    (2, "Apple TV", "/9ghgSC0MA082EL6HLCW3GalykFD.jpg", ("rent", "buy")),
    (11, "MUBI", "/x570VpH2C9EKDf1riP83rYc5dnL.jpg", ("flatrate",)),
    (73, "Tubi TV", "/zLYr7OPvpskMA4S79E3vlCi71iC.jpg", ("ads",)),
    (234, "Arte", "/vPZrjHe7wvALuwJEXT2kwYLi0gV.jpg", ("free",)),
)
WATCHED_IN = ("US", "GB", "DE", "FR", "BR", "JP")
CREW = (
    ("Screenplay", "Writing"), ("Producer", "Production"), ("Director of Photography", "Camera"),
    ("Original Music Composer", "Sound"), ("Editor", "Editing"), ("Novel", "Writing"),
)  # fmt: skip


def dice_of(title: TmdbTitle, about: str) -> Dice:
    """Throws for one thing about a title: always the same."""
    return Dice(title.kind, title.id, about)


def cast(title: TmdbTitle) -> tuple[Person, ...]:
    if title.cast is not None:
        return title.cast
    dice = dice_of(title, "cast")
    numbers = [dice.between(100_000, 160_000) for _ in range(dice.between(3, 12))]
    return tuple((number, name("person", number)) for number in dict.fromkeys(numbers))


def _person(person: Person, department: str) -> Body:
    dice = Dice("person", person[0])
    return {
        "adult": False,
        "gender": dice.below(4),
        "id": person[0],
        "known_for_department": department,
        "name": person[1],
        "original_name": person[1],
        "popularity": round(dice.share() * 20, 3),
        "profile_path": None if dice.hits(0.4) else f"/{dice.signs(27)}.jpg",
    }


def _crew(title: TmdbTitle) -> list[tuple[Person, str, str]]:
    """Who, which job, which department; directors first. Of a series directors are not its creators."""
    dice = dice_of(title, "crew")
    numbers = [(dice.between(160_000, 200_000), job) for job in dice.some(CREW, dice.between(1, 4))]
    others = [((number, name("person", number)), *job) for number, job in numbers]
    directing = [(person, "Director", "Directing") for person in title.directors] if title.kind == "movie" else []
    return directing + others


def _credits(title: TmdbTitle) -> Body:
    dice = dice_of(title, "characters")
    played = [
        _person(person, "Acting")
        | {"cast_id": order + 1, "character": name("role", title.id, order), "credit_id": _credit(title, order)}
        | {"order": order}
        for order, person in enumerate(cast(title))
    ]
    worked = [
        _person(person, department) | {"credit_id": _credit(title, 500 + at), "department": department, "job": job}
        for at, (person, job, department) in enumerate(_crew(title))
    ]
    if played and dice.hits(0.05):
        played[-1]["character"] = ""
    return {"cast": played, "crew": worked}


def _aggregate_credits(title: TmdbTitle) -> Body:
    dice = dice_of(title, "episodes")
    played = [
        _person(person, "Acting") | {"roles": [_role(title, order, dice)], "order": order, "total_episode_count": 8}
        for order, person in enumerate(cast(title))
    ]
    worked = [
        _person(person, department)
        | {"jobs": [{"credit_id": _credit(title, 500 + at), "job": job, "episode_count": 8}]}
        | {"department": department, "total_episode_count": 8}
        for at, (person, job, department) in enumerate(_crew(title))
    ]
    return {"cast": played, "crew": worked}


def _role(title: TmdbTitle, order: int, dice: Dice) -> Body:
    role = name("role", title.id, order)
    return {"credit_id": _credit(title, order), "character": role, "episode_count": dice.between(1, 24)}


def _credit(title: TmdbTitle, number: int) -> str:
    return f"{title.id * 1000 + number:024x}"


def _external_ids(title: TmdbTitle) -> Body:
    others = {"facebook_id": None, "instagram_id": None, "twitter_id": None}
    if title.kind == "tv":
        others |= {"freebase_mid": None, "freebase_id": None, "tvdb_id": None, "tvrage_id": None}
    return {"imdb_id": title.imdb or None, "wikidata_id": title.wikidata or None, **others}


def _watch_providers(title: TmdbTitle) -> Body:
    dice = dice_of(title, "providers")
    countries = dice.some(WATCHED_IN, dice.between(0, 4))
    return {"results": {country: _watched(title, country, dice) for country in sorted(countries)}}


def _watched(title: TmdbTitle, country: str, dice: Dice) -> Body:
    there: Body = {"link": f"https://www.themoviedb.org/{title.kind}/{title.id}/watch?locale={country}"}
    for priority, (number, word, logo, ways) in enumerate(dice.some(PROVIDERS, dice.between(1, 3))):
        shown = {"logo_path": logo, "provider_id": number, "provider_name": word, "display_priority": priority}
        there.setdefault(dice.one(ways), []).append(shown)
    return there


def _keywords(title: TmdbTitle) -> Body:
    dice = dice_of(title, "keywords")
    found = [{"name": word, "id": 1000 + NOUNS.index(word)} for word in dice.some(NOUNS, dice.below(6))]
    return {"results" if title.kind == "tv" else "keywords": found}


def _release_dates(title: TmdbTitle) -> Body:
    if not title.date:
        return {"results": []}
    dice = dice_of(title, "certificates")
    countries = dice.some(list(CERTIFICATES), dice.between(0, 3))
    return {"results": [_released(country, title.date, dice) for country in sorted(countries)]}


def _released(country: str, day: str, dice: Dice) -> Body:
    shown = {"certification": dice.one(CERTIFICATES[country]), "descriptors": [], "iso_639_1": "", "note": ""}
    return {"iso_3166_1": country, "release_dates": [shown | {"release_date": f"{day}T00:00:00.000Z", "type": 3}]}


def _content_ratings(title: TmdbTitle) -> Body:
    dice = dice_of(title, "certificates")
    countries = sorted(dice.some(list(TV_CERTIFICATES), dice.between(0, 3)))
    return {
        "results": [
            {"descriptors": [], "iso_3166_1": one, "rating": dice.one(TV_CERTIFICATES[one])} for one in countries
        ]
    }


def _videos(title: TmdbTitle) -> Body:
    dice = dice_of(title, "videos")
    kinds = [dice.one(("Trailer", "Trailer", "Teaser", "Clip", "Featurette")) for _ in range(dice.below(4))]
    return {"results": [_video(title, kind, dice) for kind in kinds]}


def _video(title: TmdbTitle, kind: str, dice: Dice) -> Body:
    site = "Vimeo" if dice.hits(0.1) else "YouTube"
    key = str(dice.between(10_000_000, 900_000_000)) if site == "Vimeo" else dice.signs(11)
    return {
        "iso_639_1": "en", "iso_3166_1": "US", "name": f"Official {kind}", "key": key, "site": site, "size": 1080,
        "type": kind, "official": dice.hits(0.8), "published_at": f"{title.date or '2010-01-01'}T12:00:00.000Z",
        "id": f"{dice.below(2**32):024x}",
    }  # fmt: skip


def _alternative_titles(title: TmdbTitle) -> Body:
    found = [{"iso_3166_1": "US", "title": one, "type": ""} for one in title.also]
    return {"results" if title.kind == "tv" else "titles": found}


PARTS: dict[str, dict[str, Callable[[TmdbTitle], Body]]] = {
    "movie": {
        "alternative_titles": _alternative_titles,
        "credits": _credits,
        "external_ids": _external_ids,
        "keywords": _keywords,
        "release_dates": _release_dates,
        "videos": _videos,
        "watch/providers": _watch_providers,
    },
    "tv": {
        "aggregate_credits": _aggregate_credits,
        "alternative_titles": _alternative_titles,
        "content_ratings": _content_ratings,
        "credits": _credits,
        "external_ids": _external_ids,
        "keywords": _keywords,
        "videos": _videos,
        "watch/providers": _watch_providers,
    },
}
"""Kind → part → what it holds. A part can be appended to the title, or asked for under its address."""
