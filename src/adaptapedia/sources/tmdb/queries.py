"""What TMDb is asked: paths below its base address, and their parameters. Pure.

Source of the rules: developer.themoviedb.org, API reference v3.
"""

import re
from datetime import date, timedelta

from adaptapedia.sources.tmdb.records import TitleKind, TitleRef

Params = dict[str, str | int]

LONGEST_WINDOW = timedelta(days=14)
"""Of the changes feed ("Movie List", "TV List" under Changes): beyond it TMDb answers 422."""
LAST_PAGE = 500
"""Beyond it TMDb answers 400."""

_FOR_BOTH = ("external_ids", "watch/providers", "keywords", "videos")
APPENDS = {
    TitleKind.MOVIE: ("credits", *_FOR_BOTH, "release_dates"),
    TitleKind.TV: ("aggregate_credits", *_FOR_BOTH, "content_ratings"),
}
"""What one request for a title brings along; TMDb takes 20 at most."""
_YEAR = {TitleKind.MOVIE: "year", TitleKind.TV: "first_air_date_year"}
_IMDB_TITLE = re.compile(r"tt\d{7,10}", re.ASCII)

CONFIGURATION = "/configuration"


def title(ref: TitleRef) -> tuple[str, Params]:
    return f"/{ref.kind}/{ref.tmdb_id:d}", {"append_to_response": ",".join(APPENDS[ref.kind])}


def search(kind: TitleKind, query: str, *, year: int | None, page: int) -> tuple[str, Params]:
    """A search by title; `year` is that of any showing of a film, and of the first broadcast of a series.

    Raises ValueError where the page cannot be had.
    """
    params: Params = {"query": query, "page": _page(page), "include_adult": "false"}
    return f"/search/{kind}", params if year is None else {**params, _YEAR[kind]: year}


def find_by_imdb(imdb_id: str) -> tuple[str, Params]:
    """A lookup by IMDb's id of a title. Raises ValueError where it is none."""
    if not _IMDB_TITLE.fullmatch(imdb_id):
        raise ValueError(f"{imdb_id!r} is no id of a title at IMDb")
    return f"/find/{imdb_id}", {"external_source": "imdb_id"}


def changes(kind: TitleKind, *, start: date, end: date, page: int) -> tuple[str, Params]:
    """The ids that changed from one day to another. Raises ValueError where TMDb would refuse the window."""
    if not timedelta(0) <= end - start <= LONGEST_WINDOW:
        raise ValueError(f"TMDb tells what changed within 14 days, not from {start} to {end}")
    return f"/{kind}/changes", {"start_date": start.isoformat(), "end_date": end.isoformat(), "page": _page(page)}


def _page(page: int) -> int:
    if not 1 <= page <= LAST_PAGE:
        raise ValueError(f"TMDb has pages 1 to {LAST_PAGE}, not {page}")
    return page
