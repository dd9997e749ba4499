"""A title of the catalogue → the bodies that TMDb answers about it. Pure: the same title, the same bytes.

Which members there are and what they look like: TMDb's developer docs, /movie/{id}, /tv/{id} and
their appended parts. Odd on a share of titles, as TMDb's own are: no poster, no run time, no overview.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.upstreams.catalogue import Person, TmdbTitle
from tests.upstreams.invented import Dice, sentences
from tests.upstreams.tmdb_parts import PARTS, dice_of

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
STATUSES = {"movie": "Released", "tv": "Ended"}


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


def episode(title: TmdbTitle) -> Body:
    """An episode as /find has it, of the title's own name."""
    dice = dice_of(title, "episode")
    return {
        "id": 5_000_000 + title.id,
        "name": title.title,
        "overview": "",
        "media_type": "tv_episode",
        "vote_average": 0.0,
        "vote_count": 0,
        "air_date": title.date or None,
        "episode_number": dice.between(1, 20),
        "episode_type": "standard",
        "production_code": "",
        "runtime": dice.between(20, 60),
        "season_number": dice.between(1, 5),
        "show_id": dice.between(1, 200_000),
        "still_path": None,
    }


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


def _creator(person: Person) -> Body:
    return {"id": person[0], "credit_id": f"{person[0]:024x}", "name": person[1], "original_name": person[1]} | {
        "gender": 0, "profile_path": None,
    }  # fmt: skip


def _replaced(body: Body, members: Any) -> Body:
    """With other members; one that is an object on both sides is merged, so that a test names only what it changes."""
    for member, value in members.items():
        old = body.get(member)
        body[member] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return body
