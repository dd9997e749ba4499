"""A title of the catalogue → the bodies that TMDb answers about it. Pure: the same title, the same bytes.

Which members there are and what they look like: TMDb's developer docs, /movie/{id}, /tv/{id} and
their appended parts. Odd on a share of titles, as TMDb's own are: no poster, no run time, no overview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from tests.upstreams.catalogue import Person, TmdbTitle
from tests.upstreams.invented import NOUNS, Dice, name, sentences

Body = dict[str, Any]

MOVIE_GENRES = {
    28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music", 9648: "Mystery", 10749: "Romance",
    878: "Science Fiction", 10770: "TV Movie", 53: "Thriller", 10752: "War", 37: "Western",
}  # fmt: skip
TV_GENRES = {
    10759: "Action & Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
    10751: "Family", 10762: "Kids", 9648: "Mystery", 10763: "News", 10764: "Reality", 10765: "Sci-Fi & Fantasy",
    10766: "Soap", 10767: "Talk", 10768: "War & Politics", 37: "Western",
}  # fmt: skip
COUNTRIES = {
    "AR": "Argentina", "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CN": "China", "CZ": "Czech Republic",
    "DE": "Germany", "DK": "Denmark", "EG": "Egypt", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "GR": "Greece", "HK": "Hong Kong", "HU": "Hungary", "IE": "Ireland", "IL": "Israel",
    "IN": "India", "IR": "Iran", "IS": "Iceland", "IT": "Italy", "JP": "Japan", "KR": "South Korea", "MX": "Mexico",
    "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal", "RO": "Romania",
    "RU": "Russia", "SE": "Sweden", "TH": "Thailand", "TR": "Turkey", "TW": "Taiwan", "UA": "Ukraine",
    "US": "United States of America", "ZA": "South Africa",
}  # fmt: skip
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
STATUSES = {"movie": "Released", "tv": "Ended"}


def dice_of(title: TmdbTitle, about: str) -> Dice:
    return Dice(title.kind, title.id, about)


def path_of_image(title: TmdbTitle, about: str, *, missing: float) -> str | None:
    dice = dice_of(title, about)
    return None if dice.hits(missing) else f"/{dice.signs(27)}.jpg"


def genres(title: TmdbTitle) -> list[Body]:
    known = TV_GENRES if title.kind == "tv" else MOVIE_GENRES
    dice = dice_of(title, "genres")
    if title.genres is None:
        return [{"id": one, "name": known[one]} for one in dice.some(list(known), dice.between(1, 3))]
    numbers = {word: number for number, word in known.items()}
    return [{"id": numbers.get(word, 90_000 + len(word)), "name": word} for word in title.genres]


def overview(title: TmdbTitle) -> str:
    dice = dice_of(title, "overview")
    return "" if dice.hits(0.05) else sentences(dice, 1, 3)


def votes(title: TmdbTitle) -> tuple[float, int]:
    """Average and number; nobody has voted on the obscure."""
    dice = dice_of(title, "votes")
    number = int(title.popularity**1.7 * (0.5 + dice.share()))
    return (round(4 + 5 * dice.share(), 3), number) if number else (0.0, 0)


def short(title: TmdbTitle) -> Body:
    """A title as a page of results shows it."""
    average, number = votes(title)
    shown: Body = {
        "adult": False,
        "backdrop_path": path_of_image(title, "backdrop", missing=0.2),
        "genre_ids": [genre["id"] for genre in genres(title)],
        "id": title.id,
        "original_language": title.language,
        "overview": overview(title),
        "popularity": title.popularity,
        "poster_path": path_of_image(title, "poster", missing=0.07),
        "vote_average": average,
        "vote_count": number,
    }
    if title.kind == "tv":
        shown |= {"origin_country": list(title.countries), "original_name": title.original_title}
        shown |= {"first_air_date": title.date, "name": title.title}
    else:
        shown |= {"original_title": title.original_title, "release_date": title.date}
        shown |= {"title": title.title, "video": False}
    return shown | {name: value for name, value in title.body.items() if name in shown}


def details(title: TmdbTitle, appended: Iterable[str] = ()) -> Body:
    """The answer to `/movie/{id}` or `/tv/{id}`, with the parts appended that there are; others are left out."""
    body = short(title)
    del body["genre_ids"]
    dice = dice_of(title, "details")
    body |= {
        "genres": genres(title),
        "homepage": f"https://www.example.org/{dice.signs(8)}" if dice.hits(0.2) else "",
        "origin_country": list(title.countries),
        "production_companies": [],
        "production_countries": [{"iso_3166_1": one, "name": COUNTRIES.get(one, one)} for one in title.countries],
        "spoken_languages": [{"english_name": title.language, "iso_639_1": title.language, "name": title.language}],
        "status": STATUSES[title.kind],
        "tagline": sentences(dice, 1, 1) if dice.hits(0.4) else "",
    }
    body |= _series(title, dice) if title.kind == "tv" else _film(title, dice)
    body |= {name: PARTS[title.kind][name](title) for name in appended if name in PARTS[title.kind]}
    return _replaced(body, title.body)


def _film(title: TmdbTitle, dice: Dice) -> Body:
    made_up = 0 if dice.hits(0.04) else dice.between(62, 168)
    return {
        "belongs_to_collection": None,
        "budget": 0 if dice.hits(0.6) else dice.below(200_000) * 1000,
        "imdb_id": title.imdb or None,
        "revenue": 0,
        "runtime": made_up if title.runtime is None else title.runtime,
    }


def _series(title: TmdbTitle, dice: Dice) -> Body:
    """No `imdb_id` here: of a series only `external_ids` has it."""
    seasons = _seasons(title)
    whole = [season for season in seasons if season["season_number"]]
    usual = [] if dice.hits(0.5) else [dice.between(20, 65)]
    return {
        "created_by": [_creator(person) for person in title.directors],
        "episode_run_time": usual if title.runtime is None else [title.runtime],
        "in_production": not title.ended,
        "languages": [title.language],
        "last_air_date": title.ended or None,
        "last_episode_to_air": None,
        "next_episode_to_air": None,
        "networks": [],
        "number_of_episodes": sum(season["episode_count"] for season in whole),
        "number_of_seasons": len(whole),
        "seasons": seasons,
        "status": "Ended" if title.ended else "Returning Series",
        "type": "Scripted",
    }


def _seasons(title: TmdbTitle) -> list[Body]:
    dice = dice_of(title, "seasons")
    first = date.fromisoformat(title.date) if title.date else None
    last = date.fromisoformat(title.ended) if title.ended else None
    number = max(1, last.year - first.year + 1) if first and last else dice.between(1, 4)
    specials = [_season(title, dice, 0, None)] if dice.hits(0.25) else []
    return specials + [_season(title, dice, one, first) for one in range(1, min(number, 40) + 1)]


def _season(title: TmdbTitle, dice: Dice, number: int, first: date | None) -> Body:
    aired = first + timedelta(days=364 * (number - 1)) if first and number else None
    return {
        "air_date": aired.isoformat() if aired else None,
        "episode_count": dice.between(1, 3) if not number else dice.between(6, 24),
        "id": 3_000_000 + title.id * 50 + number,
        "name": f"Season {number}" if number else "Specials",
        "overview": "",
        "poster_path": None if dice.hits(0.2) else f"/{dice.signs(27)}.jpg",
        "season_number": number,
        "vote_average": round(5 + 4 * dice.share(), 1),
    }


def cast(title: TmdbTitle) -> tuple[Person, ...]:
    if title.cast is not None:
        return title.cast
    dice = dice_of(title, "cast")
    numbers = [dice.between(100_000, 160_000) for _ in range(dice.between(3, 12))]
    return tuple((number, name("person", number)) for number in dict.fromkeys(numbers))


def _creator(person: Person) -> Body:
    return {"id": person[0], "credit_id": f"{person[0]:024x}", "name": person[1], "original_name": person[1]} | {
        "gender": 0, "profile_path": None,
    }  # fmt: skip


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


def _replaced(body: Body, members: Any) -> Body:
    """With other members; one that is an object on both sides is merged, so that a test names only what it changes."""
    for member, value in members.items():
        old = body.get(member)
        body[member] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return body


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
