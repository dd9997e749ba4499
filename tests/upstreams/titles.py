"""Titles of TMDb and works of Open Library written by hand, for one test."""

from __future__ import annotations

import zlib
from typing import Any

from tests.upstreams.catalogue import OpenLibraryRecord, TmdbTitle

FIRST_PERSON = 4_000_000
"""Numbers of people given by name alone begin here; the same name has the same number."""


def film(number: int, title: str, **values: Any) -> TmdbTitle:
    """A film of TMDb, `film(841, "Dune", date="1984-12-14", directors="David Lynch", imdb="tt0087182")`.

    Takes the fields of `TmdbTitle`; directors and cast as a name or several. Any other name is a member of
    the answer: `film(1, "A", release_date="", overview="Sand.", poster_path=None)`. What is not told is made
    up, and is always the same.
    """
    return _title("movie", number, title, values)


def series(number: int, title: str, **values: Any) -> TmdbTitle:
    """The same for a series: `date` is its first broadcast, `ended` its last, `directors` who created it."""
    return _title("tv", number, title, values)


def work(number: int, title: str = "", **values: Any) -> OpenLibraryRecord:
    """A work of Open Library, `work(893415, "Dune", year=1965, authors="Frank Herbert")`; its key is OL893415W.

    Takes the fields of `OpenLibraryRecord`; `record` and `doc` replace members of the two answers.
    `work(2, redirect="OL1W")` was merged away.
    """
    names = _names(values.pop("authors", ()))
    authors = tuple((f"OL{number_of(name)}A", name) for name in names)
    return OpenLibraryRecord(f"OL{number}W", title, authors=authors, **values)


def _title(kind: str, number: int, title: str, values: dict[str, Any]) -> TmdbTitle:
    told = {name: value for name, value in values.items() if name in TmdbTitle.__dataclass_fields__}
    members = {name: value for name, value in values.items() if name not in told}
    for role in ("directors", "cast"):
        if role in told:
            told[role] = tuple((number_of(name), name) for name in _names(told[role]))
    told["body"] = {**members, **told.get("body", {})}
    return TmdbTitle(kind, number, title, **{"original_title": title, **told})


def _names(names: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def number_of(name: str) -> int:
    return FIRST_PERSON + zlib.crc32(name.encode()) % 900_000
