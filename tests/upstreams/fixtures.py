"""Fixtures: the upstreams on loopback, with the real extract behind them or with entries written by hand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.upstreams.lab import OpenLibraryLab, TmdbLab
from tests.upstreams.oxigraph import OxigraphServer
from tests.upstreams.universe import Universe
from tests.upstreams.whole import Lab, universe_in
from tests.upstreams.wikidata import FaultProxy, serve


@pytest.fixture(scope="session")
def extract_server(extract: Path) -> Iterator[OxigraphServer]:
    """Oxigraph with the extract, loaded once a session."""
    with OxigraphServer(extract) as server:
        yield server


@pytest.fixture
def wikidata_extract(extract_server: OxigraphServer) -> Iterator[FaultProxy]:
    """A proxy of this test's own before the extract; it passes everything on until it is told otherwise."""
    with FaultProxy(extract_server.url) as proxy:
        yield proxy


@pytest.fixture
def serve_wikidata() -> Iterator[Callable[[str], FaultProxy]]:
    """Serves triples (see `tests.upstreams.triples`) until the end of the test; gives the proxy before them."""
    with ExitStack() as held:
        yield lambda ntriples: held.enter_context(serve(ntriples))


@pytest.fixture
def tmdb_lab() -> Iterator[TmdbLab]:
    """TMDb without titles, 40 requests a second; `tmdb_lab.add(film(…))` adds some (see `tests.upstreams.titles`)."""
    with TmdbLab() as lab:
        yield lab


@pytest.fixture
def open_library_lab() -> Iterator[OpenLibraryLab]:
    """Open Library without works, 3 requests a second; `open_library_lab.add(work(…))` adds some."""
    with OpenLibraryLab() as lab:
        yield lab


@pytest.fixture(scope="session")
def universe(extract: Path, request: pytest.FixtureRequest) -> Universe:
    """The universe of the extract; made once, and kept by pytest's cache."""
    return universe_in(request.config.cache.mkdir("upstreams"), source=extract)


@pytest.fixture(scope="session")
def lab(universe: Universe) -> Iterator[Lab]:
    """All three upstreams over the extract, without limits. It is everybody's: a test undoes what it does to it."""
    with Lab(universe, wikidata_seconds_per_minute=None, tmdb_per_second=None, open_library_per_second=None) as lab:
        yield lab
