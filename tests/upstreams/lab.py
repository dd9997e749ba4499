"""TMDb and Open Library on loopback, each with what one wants to do to it in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.upstreams.catalogue import Catalogue, OpenLibraryRecord, TmdbTitle
from tests.upstreams.limiter import Limiter
from tests.upstreams.openlibrary import OpenLibrary
from tests.upstreams.server import Server
from tests.upstreams.tmdb import API_KEY, READ_TOKEN, Tmdb

TMDB_PER_SECOND = 40.0
OPEN_LIBRARY_PER_SECOND = 3.0


class TmdbLab(Server):
    """TMDb. A context manager; `url` is what TMDB_BASE_URL wants, `api_key` and `read_token` open it.

    `per_second` None lifts the limit. `lab.add(film(…))`, `lab.change("movie", 841, overview="Sand.")` and
    `lab.remove("movie", 841)` work while it runs; a change moves the title's ETag and stands in /changes.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        per_second: float | None = TMDB_PER_SECOND,
        burst: float | None = None,
        api_key: str = API_KEY,
        read_token: str = READ_TOKEN,
        **server: Any,
    ) -> None:
        self.catalogue = catalogue if catalogue is not None else Catalogue()
        self.tmdb = Tmdb(self.catalogue, api_key=api_key, read_token=read_token)
        super().__init__(self.tmdb, limiter=_limiter(per_second, burst), **server)

    @property
    def url(self) -> str:
        return f"{self.origin}/3"

    @property
    def api_key(self) -> str:
        return self.tmdb.api_key

    @property
    def read_token(self) -> str:
        return self.tmdb.read_token

    def add(self, *titles: TmdbTitle) -> None:
        for title in titles:
            self.catalogue.put(title)

    def change(self, kind: str, number: int, *, at: datetime | None = None, **values: Any) -> None:
        """Give a title other values, now or at a given time; names that are no fields are members of the answer."""
        members = {name: values.pop(name) for name in list(values) if name not in TmdbTitle.__dataclass_fields__}
        if members:
            values["body"] = {**members, **values.get("body", {})}
        self.catalogue.change(kind, number, at=at or self.tmdb.clock(), **values)

    def remove(self, kind: str, number: int) -> None:
        self.catalogue.remove(kind, number)


class OpenLibraryLab(Server):
    """Open Library. A context manager; `url` is what OPEN_LIBRARY_BASE_URL wants.

    `per_second` None lifts the limit; 1 is what a caller without a name is given, but the lab sends those away.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        per_second: float | None = OPEN_LIBRARY_PER_SECOND,
        burst: float | None = None,
        **server: Any,
    ) -> None:
        self.catalogue = catalogue if catalogue is not None else Catalogue()
        self.open_library = OpenLibrary(self.catalogue)
        super().__init__(self.open_library, limiter=_limiter(per_second, burst), **server)

    @property
    def url(self) -> str:
        return self.origin

    def add(self, *works: OpenLibraryRecord) -> None:
        for work in works:
            self.catalogue.put(work)

    def change(self, key: str, *, at: datetime | None = None, **values: Any) -> None:
        """Give a work other values, now or at a given time."""
        self.catalogue.change("work", key, at=at or datetime.now(UTC), **values)

    def remove(self, key: str) -> None:
        self.catalogue.remove("work", key)


def _limiter(per_second: float | None, burst: float | None) -> Limiter | None:
    return None if per_second is None else Limiter(per_second, burst=burst)
