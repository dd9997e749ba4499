"""TMDb's API, version 3, answered from a catalogue. Addresses, limits and errors as its developer docs have them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from tests.upstreams import tmdb_bodies, tmdb_parts
from tests.upstreams.catalogue import Catalogue, TmdbTitle
from tests.upstreams.messages import Answer, Request

API_KEY = "1ab0fade5eed0123456789abcdef4321"
READ_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJsYWIiLCJzY29wZXMiOlsiYXBpX3JlYWQiXX0.bGFiLW9ubHktbm8tc2VjcmV0"
"""A v4 token in TMDb's shape; like the key it opens nothing but the lab."""

PAGE, PAGES, CHANGES_PAGE = 20, 500, 100
LONGEST_WINDOW = timedelta(days=14)
MOST_APPENDED = 20

ERRORS = {
    5: (422, "Invalid parameters: Your request parameters are incorrect."),
    6: (404, "Invalid id: The pre-requisite id is invalid or not found."),
    7: (401, "Invalid API key: You must be granted a valid key."),
    11: (500, "Internal error: Something went wrong, contact TMDB."),
    20: (422, "Invalid date range: Should be a range no longer than 14 days."),
    22: (400, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer."),
    23: (400, "Invalid date: Format needs to be YYYY-MM-DD."),
    24: (504, "Your request to the backend server timed out. Try again."),
    25: (429, "Your request count (#) is over the allowed limit of (40)."),
    27: (400, "Too many append to response objects: The maximum number of remote calls is 20."),
    34: (404, "The resource you requested could not be found."),
    43: (502, "Couldn't connect to the backend server."),
    46: (503, "The API is undergoing maintenance. Try again later."),
}
"""Code → status and message (developer docs, "Errors")."""

CONFIGURATION = {
    "images": {
        "base_url": "http://image.tmdb.org/t/p/",
        "secure_base_url": "https://image.tmdb.org/t/p/",
        "backdrop_sizes": ["w300", "w780", "w1280", "original"],
        "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
        "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
        "profile_sizes": ["w45", "w185", "h632", "original"],
        "still_sizes": ["w92", "w185", "w300", "original"],
    },
    "change_keys": ["title", "overview", "images", "release_dates", "videos"],
}

EXTERNAL_SOURCES = {"imdb_id", "wikidata_id"}


class Refused(Exception):
    """The request ends as one of ERRORS."""

    def __init__(self, code: int) -> None:
        super().__init__(ERRORS[code][1])
        self.code = code


class Tmdb:
    """What TMDb answers. `clock` tells what time it is for /changes."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        api_key: str = API_KEY,
        read_token: str = READ_TOKEN,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.catalogue = catalogue
        self.api_key = api_key
        self.read_token = read_token
        self.clock = clock
        self.changes_a_page = CHANGES_PAGE
        self.odd_changes: list[Any] = []
        """Shown on every page of /changes besides what is due."""

    def failure(self, status: int) -> Answer:
        return _error(next(code for code, (answered, _) in ERRORS.items() if answered == status))

    def refuse(self, request: Request) -> Answer | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        known = bearer == self.read_token or request.query.get("api_key") == self.api_key
        return None if known else _error(7)

    def answer(self, request: Request) -> Answer:
        try:
            return _cacheable(request, self._found(request.path, request.query))
        except Refused as refused:
            return _error(refused.code)

    def _found(self, path: str, query: Mapping[str, str]) -> Any:
        for pattern, method in ADDRESSES:
            if match := pattern.fullmatch(path):
                return method(self, query, **match.groupdict())
        raise Refused(34)

    def _title(self, query: Mapping[str, str], kind: str, number: str) -> Any:
        appended = [part for part in query.get("append_to_response", "").split(",") if part]
        if len(appended) > MOST_APPENDED:
            raise Refused(27)
        return tmdb_bodies.details(self._known(kind, number), appended)

    def _part(self, query: Mapping[str, str], kind: str, number: str, part: str) -> Any:
        make = tmdb_parts.PARTS[kind].get(part)
        if make is None:
            raise Refused(34)
        title = self._known(kind, number)
        return {"id": title.id, **make(title), **title.body.get(part, {})}

    def _known(self, kind: str, number: str) -> TmdbTitle:
        title = self.catalogue.titles.get((kind, int(number)))
        if title is None:
            raise Refused(34)
        return title

    def _search(self, query: Mapping[str, str], kind: str) -> Any:
        page = _page(query)
        years = {name: _number(query[name]) for name in YEARS[kind] if query.get(name)}
        hits = [
            (rank, title)
            for rank, title in self.catalogue.search(kind, query.get("query", ""))
            if all(YEARS[kind][name](title, year) for name, year in years.items())
        ]
        hits.sort(key=lambda hit: (-hit[0], -hit[1].popularity, hit[1].id))
        shown = [_in_language(title, query) for _, title in hits[(page - 1) * PAGE : page * PAGE]]
        return _paged(shown, page, len(hits), PAGE)

    def _find(self, query: Mapping[str, str], external: str) -> Any:
        if query.get("external_source") not in EXTERNAL_SOURCES:
            raise Refused(5)
        found = self.catalogue.by_external_id(external)
        return {
            "movie_results": [_marked(title) for title in found if title.kind == "movie"],
            "person_results": [],
            "tv_results": [_marked(title) for title in found if title.kind == "tv"],
            "tv_episode_results": [tmdb_bodies.episode(title) for title in found if title.with_episode],
            "tv_season_results": [],
        }

    def _changes(self, query: Mapping[str, str], kind: str) -> Any:
        page, size = _page(query), self.changes_a_page
        since, until = self._window(query)
        numbers = self.catalogue.changed(kind, since, until)
        shown = [{"id": number, "adult": False} for number in numbers[(page - 1) * size : page * size]]
        return _paged([*shown, *self.odd_changes], page, len(numbers), size)

    def _window(self, query: Mapping[str, str]) -> tuple[datetime, datetime]:
        """The last 24 hours; else from the beginning of the first day to the end of the last."""
        now = self.clock()
        if not query.get("start_date") and not query.get("end_date"):
            return now - timedelta(days=1), now
        first = _day(query["start_date"]) if query.get("start_date") else None
        last = (
            _day(query["end_date"])
            if query.get("end_date")
            else min(now.date(), (first or now.date()) + LONGEST_WINDOW)
        )
        first = first or last - timedelta(days=1)
        if not timedelta() <= last - first <= LONGEST_WINDOW:
            raise Refused(20)
        return _midnight(first), _midnight(last + timedelta(days=1)) - timedelta(microseconds=1)

    def _configuration(self, query: Mapping[str, str]) -> Any:
        return CONFIGURATION

    def _genres(self, query: Mapping[str, str], kind: str) -> Any:
        known = tmdb_bodies.TV_GENRES if kind == "tv" else tmdb_bodies.MOVIE_GENRES
        return {"genres": [{"id": number, "name": word} for number, word in known.items()]}


KIND, NUMBER = "(?P<kind>movie|tv)", r"(?P<number>\d{1,10})"
ADDRESSES: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = tuple(
    (re.compile(f"/3/{pattern}"), method)
    for pattern, method in (
        ("configuration", Tmdb._configuration),
        (f"genre/{KIND}/list", Tmdb._genres),
        (f"search/{KIND}", Tmdb._search),
        (r"find/(?P<external>\w+)", Tmdb._find),
        (f"{KIND}/changes", Tmdb._changes),
        (f"{KIND}/{NUMBER}(?:-[^/]*)?", Tmdb._title),
        (f"{KIND}/{NUMBER}/(?P<part>[a-z_/]+)", Tmdb._part),
    )
)

YEARS: dict[str, dict[str, Callable[[TmdbTitle, int], bool]]] = {
    "movie": {
        "primary_release_year": lambda title, year: title.year == year,
        "year": lambda title, year: title.year == year or year in title.years,
    },
    "tv": {
        "first_air_date_year": lambda title, year: title.year == year,
        "year": lambda title, year: title.year is not None and title.year <= year <= _last_year(title, title.year),
    },
}
"""Kind → parameter of the search → whether a title fits. `year` looks at every showing: of a film in any country, of
a series at any episode."""


def _last_year(title: TmdbTitle, first: int) -> int:
    return int(title.ended[:4]) if title.ended else first


def _in_language(title: TmdbTitle, query: Mapping[str, str]) -> dict[str, Any]:
    """A result; asked in the title's own language, under its own title."""
    shown = tmdb_bodies.short(title)
    if query.get("language", "en-US").partition("-")[0] == title.language:
        shown["name" if title.kind == "tv" else "title"] = title.original_title
    return shown


def _marked(title: TmdbTitle) -> dict[str, Any]:
    return {**tmdb_bodies.short(title), "media_type": title.kind}


def _paged(shown: list[Any], page: int, found: int, size: int) -> dict[str, Any]:
    return {"page": page, "results": shown, "total_pages": max(1, -(-found // size)), "total_results": found}


def _page(query: Mapping[str, str]) -> int:
    word = query.get("page", "1")
    if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= PAGES):
        raise Refused(22)
    return int(word)


def _number(word: str) -> int:
    if not (word.isascii() and word.isdecimal()):
        raise Refused(5)
    return int(word)


def _day(word: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        raise Refused(23)
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Refused(23) from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _error(code: int) -> Answer:
    status, message = ERRORS[code]
    body = {"success": False, "status_code": code, "status_message": message}
    return Answer(status, orjson.dumps(body))


def _cacheable(request: Request, body: Any) -> Answer:
    """With a weak ETag of the bytes; 304 to who has them already."""
    told = orjson.dumps(body)
    etag = f'W/"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'
    headers = (("ETag", etag), ("Cache-Control", "public, max-age=21600"))
    known = (word.strip() for word in request.headers.get("if-none-match", "").split(","))
    return Answer(304 if etag in known else 200, told, headers=headers)
