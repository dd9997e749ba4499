"""The whole lab: Wikidata, TMDb and Open Library, over one universe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from tests.upstreams.catalogue import Catalogue
from tests.upstreams.lab import OPEN_LIBRARY_PER_SECOND, TMDB_PER_SECOND, OpenLibraryLab, TmdbLab
from tests.upstreams.limiter import QueryLimits
from tests.upstreams.misbehaviour import PASSING
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.universe import Options, Universe, make
from tests.upstreams.universe.starter import starter_triples
from tests.upstreams.wikidata import FaultProxy

EXTRACT = Path(__file__).resolve().parents[3] / "shared" / "data" / "wikidata" / "extract.nt.gz"
"""Where the extract of Wikidata lies beside a checkout."""
WIKIDATA_SECONDS_PER_MINUTE = 60.0
NAMES = ("wikidata", "tmdb", "openlibrary")


class Lab:
    """The three upstreams together. A context manager; `environment` is what makes a program use them.

    `ports` are those of the three, in the order of NAMES; free ones unless told. Limits of None are none.
    """

    def __init__(
        self,
        universe: Universe,
        *,
        only: Iterable[str] = NAMES,
        ports: Sequence[int | None] = (None, None, None),
        latency: float = 0.0,
        wikidata_seconds_per_minute: float | None = WIKIDATA_SECONDS_PER_MINUTE,
        tmdb_per_second: float | None = TMDB_PER_SECOND,
        open_library_per_second: float | None = OPEN_LIBRARY_PER_SECOND,
        tmdb: dict[str, Any] | None = None,
    ) -> None:
        self.universe = universe
        self._only = frozenset(only)
        self._ports = ports
        self._latency = latency
        self._wikidata = wikidata_seconds_per_minute
        self._limits = tmdb_per_second, open_library_per_second
        self._tmdb = tmdb or {}
        self._held = ExitStack()

    @cached_property
    def catalogue(self) -> Catalogue:
        """What TMDb and Open Library know; what a test changes in it, it changes for both."""
        return self.universe.catalogue()

    @cached_property
    def wikidata(self) -> FaultProxy:
        oxigraph = self._held.enter_context(OxigraphServer(*self.universe.triples))
        proxy = FaultProxy(oxigraph.url, latency=self._latency, port=self._ports[0])
        proxy.limits = None if self._wikidata is None else QueryLimits(seconds_per_minute=self._wikidata)
        return self._held.enter_context(proxy)

    @cached_property
    def tmdb(self) -> TmdbLab:
        options = {"per_second": self._limits[0], "latency": self._latency, "port": self._ports[1], **self._tmdb}
        return self._held.enter_context(TmdbLab(self.catalogue, **options))

    @cached_property
    def open_library(self) -> OpenLibraryLab:
        options = {"per_second": self._limits[1], "latency": self._latency, "port": self._ports[2]}
        return self._held.enter_context(OpenLibraryLab(self.catalogue, **options))

    @property
    def environment(self) -> dict[str, str]:
        """Settings that lead to those that run."""
        told: dict[str, str] = {}
        if "wikidata" in self._only:
            told["WIKIDATA_SPARQL_ENDPOINT"] = self.wikidata.url
        if "tmdb" in self._only:
            told |= {"TMDB_BASE_URL": self.tmdb.url, "TMDB_API_KEY": self.tmdb.api_key}
        if "openlibrary" in self._only:
            told["OPEN_LIBRARY_BASE_URL"] = self.open_library.url
        return told

    def at_random(self, seed: int, one_in: int, *, among: Sequence[str] = PASSING) -> None:
        """Let one request in so many fail at each of those that run, in the ways that it knows of these; see
        `Misbehaviour.at_random`."""
        for upstream in self._running():
            if ways := [fault for fault in among if fault in upstream.known]:
                upstream.at_random(seed, one_in, among=ways)

    def clear(self) -> None:
        """Forget every plan, rule and chance of all of them."""
        for upstream in self._running():
            upstream.clear()

    def __enter__(self) -> Self:
        try:
            self._running()
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def _running(self) -> list[FaultProxy | TmdbLab | OpenLibraryLab]:
        all_three = {"wikidata": "wikidata", "tmdb": "tmdb", "openlibrary": "open_library"}
        return [getattr(self, all_three[name]) for name in NAMES if name in self._only]


def universe_in(folder: Path, *, options: Options | None = None, source: Path | None = None) -> Universe:
    """The universe of the extract where that lies beside the checkout, of the starter catalogue where not.

    Its files are made in `folder`, or found there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return make(source or (EXTRACT if EXTRACT.exists() else _starter_in(folder)), folder, options=options)


def _starter_in(folder: Path) -> Path:
    path = folder / "starter.nt"
    path.write_text(starter_triples(), encoding="utf-8")
    return path
