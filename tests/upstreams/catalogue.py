"""The catalogue file: what TMDb's and Open Library's stand-ins know, one JSON object a line.

The first line is a header, `{"lab": 1, …}` with whatever its maker wants to say of it. Then come, in any order:

- titles, `{"kind": "movie" | "tv", "id": 4, "title": …, "original_title": …, "language": "en", …}`: the
  fields of `TmdbTitle`, those at their default left out;
- works, `{"kind": "work", "key": "OL1W", "title": …, …}`: the fields of `OpenLibraryRecord`.

A line holds what tells one title from another. Everything else that an answer shows (overview, cast, seasons,
posters, where to watch) is made when it is asked for, from the number of the title, and is always the same.
`of` is the number of the item of Wikidata that a line was made for, and is never told to a client.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tests.upstreams.index import Index

VERSION = 1

Person = tuple[int, str]
"""TMDb's number of somebody, and the name."""


@dataclass(frozen=True, slots=True)
class TmdbTitle:
    """A film or series. `body` holds members of the answer that replace what would be made."""

    kind: str
    id: int
    title: str
    original_title: str
    language: str = "en"
    date: str = ""
    """When it was first shown, `1984-12-14`; empty where TMDb has no date."""
    ended: str = ""
    popularity: float = 1.0
    imdb: str = ""
    wikidata: str = ""
    """As `external_ids` tells it, `Q114819`."""
    directors: tuple[Person, ...] = ()
    """Of a series: who created it."""
    with_episode: bool = False
    """An episode of something else has the same IMDb id, and is found with it."""
    cast: tuple[Person, ...] | None = None
    """None: made when asked for."""
    countries: tuple[str, ...] = ()
    genres: tuple[str, ...] | None = None
    runtime: int | None = None
    also: tuple[str, ...] = ()
    """Alternative titles; the search finds them too."""
    years: tuple[int, ...] = ()
    """Years of first showings in other countries; `year` of the search finds them too."""
    odd: tuple[str, ...] = ()
    """What it was made to be like on purpose, and of a decoy what for; see `tests.upstreams.universe`."""
    of: int | None = None
    beside: int | None = None
    """Of a decoy, the item that it may be taken for; like `of` never told to a client."""
    changed: str = ""
    """When it was last changed, in ISO 8601 with a zone; never changed where empty."""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        return int(self.date[:4]) if self.date else None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the search finds it by."""
        return tuple(dict.fromkeys((self.title, self.original_title, *self.also)))


@dataclass(frozen=True, slots=True)
class OpenLibraryRecord:
    """A work of Open Library. `record` and `doc` hold members that replace what would be made, of the work's
    own record and of its line in a search."""

    key: str
    title: str = ""
    year: int | None = None
    authors: tuple[tuple[str, str], ...] = ()
    """(`OL79034A`, name)"""
    languages: tuple[str, ...] = ()
    """MARC codes: eng, fre."""
    redirect: str = ""
    """The key of the work that this one was merged into."""
    of: int | None = None
    changed: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)
    doc: Mapping[str, Any] = field(default_factory=dict)


class Catalogue:
    """All titles and works, found by number, by somebody else's id and by words. Threads may share it."""

    def __init__(
        self, entries: Iterable[TmdbTitle | OpenLibraryRecord] = (), *, header: Mapping[str, Any] | None = None
    ):
        self.header = dict(header or {})
        self.titles: dict[tuple[str, int], TmdbTitle] = {}
        self.works: dict[str, OpenLibraryRecord] = {}
        self._by_external: dict[str, list[tuple[str, int]]] = {}
        self._title_words = {"movie": Index[int](), "tv": Index[int]()}
        self._work_words = Index[str]()
        self._mutex = threading.Lock()
        for entry in entries:
            self.put(entry)

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """A catalogue file, gzipped never. Raises ValueError where it is not one of this version."""
        with path.open("rb") as lines:
            header = orjson.loads(next(lines, b"null"))
            if not isinstance(header, dict) or header.get("lab") != VERSION:
                raise ValueError(f"{path} is no catalogue file of version {VERSION}")
            return cls(map(_entry, map(orjson.loads, lines)), header=header)

    def put(self, entry: TmdbTitle | OpenLibraryRecord) -> None:
        """Add an entry, or put it in the place of the one that has its number."""
        with self._mutex:
            if isinstance(entry, TmdbTitle):
                self.titles[entry.kind, entry.id] = entry
                for external in (entry.imdb, entry.wikidata):
                    if external and (entry.kind, entry.id) not in self._by_external.setdefault(external, []):
                        self._by_external[external].append((entry.kind, entry.id))
                self._title_words[entry.kind].put(entry.id, entry.names)
            else:
                self.works[entry.key] = entry
                names = () if entry.redirect else (entry.title, *(name for _, name in entry.authors))
                self._work_words.put(entry.key, [entry.title, " ".join(names)] if names else [])

    def remove(self, kind: str, number: int | str) -> None:
        """Take out `("movie", 11)`, `("tv", 12)` or `("work", "OL1W")`: from now on it is not found."""
        with self._mutex:
            if kind == "work":
                del self.works[str(number)]
                self._work_words.remove(str(number))
            else:
                del self.titles[kind, int(number)]
                self._title_words[kind].remove(int(number))

    def change(self, kind: str, number: int | str, *, at: datetime, **values: Any) -> None:
        """Give an entry other values, and note when; of `body`, `record` and `doc` only the members named change."""
        entry: Any = self.works[str(number)] if kind == "work" else self.titles[kind, int(number)]
        merged = {
            name: {**getattr(entry, name), **value} if isinstance(value, Mapping) else value
            for name, value in values.items()
        }
        self.put(replace(entry, changed=at.isoformat(), **merged))

    def changed(self, kind: str, since: datetime, until: datetime) -> list[int]:
        """Numbers of titles that changed in a window, the last changed first."""
        found = [
            (title.changed, title.id)
            for title in list(self.titles.values())
            if title.changed and title.kind == kind and since <= datetime.fromisoformat(title.changed) <= until
        ]
        return [number for _, number in sorted(found, reverse=True)]

    def by_external_id(self, external: str) -> list[TmdbTitle]:
        """Titles that somebody else's id stands at, films first."""
        keys = sorted(key for key in self._by_external.get(external, []) if key in self.titles)
        return [title for key in keys if external in ((title := self.titles[key]).imdb, title.wikidata)]

    def search(self, kind: str, query: str) -> Iterator[tuple[int, TmdbTitle]]:
        """Titles with every word of the query in one of their names, and how well: 2 the whole, 1 its beginning."""
        for number, rank in self._title_words[kind].search(query):
            yield rank, self.titles[kind, number]

    def search_works(self, query: str) -> Iterator[tuple[int, OpenLibraryRecord]]:
        """Works with every word of the query in title and authors together."""
        for key, rank in self._work_words.search(query):
            yield rank, self.works[key]


def write(path: Path, entries: Iterable[TmdbTitle | OpenLibraryRecord], **header: Any) -> None:
    """A catalogue file, put in its place when it is whole."""
    draft = path.with_suffix(f"{path.suffix}.{os.getpid()}.part")
    with draft.open("wb") as file:
        file.write(orjson.dumps({"lab": VERSION, **header}) + b"\n")
        file.writelines(orjson.dumps(line(entry)) + b"\n" for entry in entries)
    draft.replace(path)


def line(entry: TmdbTitle | OpenLibraryRecord) -> dict[str, Any]:
    """An entry as the file has it."""
    defaults = DEFAULTS[type(entry)]
    told = {name: value for name, default in defaults if (value := getattr(entry, name)) != default}
    return told if isinstance(entry, TmdbTitle) else {"kind": "work", **told}


def _default(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


DEFAULTS = {kind: [(one.name, _default(one)) for one in fields(kind)] for kind in (TmdbTitle, OpenLibraryRecord)}


def _entry(told: dict[str, Any]) -> TmdbTitle | OpenLibraryRecord:
    for name in ("directors", "authors", "cast"):
        if name in told:
            told[name] = tuple(map(tuple, told[name]))
    for name in ("countries", "genres", "also", "years", "odd", "languages"):
        if name in told:
            told[name] = tuple(told[name])
    if told["kind"] == "work":
        del told["kind"]
        return OpenLibraryRecord(**told)
    return TmdbTitle(**told)
