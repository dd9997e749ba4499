"""`ADAPTAPEDIA_LAB=1 make up`: the upstreams' stand-ins as one more program, and the settings that lead to them."""

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adaptapedia.config import Config
from adaptapedia.home import CHECKOUT
from adaptapedia.local.errors import LocalError

FIRST_PORT = 18300
LAST_PORT = 18600
UPSTREAMS = 3
"""Each has a port, one after another: Wikidata, TMDb, Open Library."""


@dataclass(frozen=True, slots=True)
class Lab:
    """The lab of a checkout. `key` opens its TMDb and nothing else."""

    checkout: Path
    universe: Path
    port: int
    key: str

    @property
    def command(self) -> list[str]:
        """To be run in the checkout."""
        where = ["--port", str(self.port), "--folder", str(self.universe)]
        return [str(Path(sys.executable)), "-m", "tests.upstreams", *where, "--tmdb-key", self.key, "--silent"]

    @property
    def settings(self) -> dict[str, str]:
        """What takes the place of the environment's own for everything that `up` runs."""
        wikidata, tmdb, open_library = (f"http://127.0.0.1:{self.port + at}" for at in range(UPSTREAMS))
        return {
            "WIKIDATA_SPARQL_ENDPOINT": f"{wikidata}/sparql",
            "TMDB_BASE_URL": f"{tmdb}/3",
            "TMDB_API_KEY": self.key,
            "OPEN_LIBRARY_BASE_URL": open_library,
        }


def lab_of(config: Config, *, is_free: Callable[[int], bool], checkout: Path = CHECKOUT) -> Lab | None:
    """The lab where ADAPTAPEDIA_LAB asks for it, on three free ports.

    Raises LocalError, with a sentence for the operator, where it cannot be had.
    """
    if not config.adaptapedia_lab:
        return None
    if not (checkout / "tests" / "upstreams" / "__main__.py").is_file():
        raise LocalError(
            f"ADAPTAPEDIA_LAB: the lab is part of a checkout, and there is no tests/upstreams in {checkout}. "
            "Run `make up` in a checkout, or unset it"
        )
    if not config.embedded:
        raise LocalError(
            "ADAPTAPEDIA_LAB: what the lab says is partly invented, so it fills the embedded database alone. "
            "Unset DATABASE_URL and REDIS_URL, or unset it"
        )
    return Lab(checkout, config.home.data / "lab", _ports(is_free), secrets.token_hex(16))


def _ports(is_free: Callable[[int], bool]) -> int:
    for first in range(FIRST_PORT, LAST_PORT, UPSTREAMS):
        if all(is_free(first + at) for at in range(UPSTREAMS)):
            return first
    raise LocalError(f"ADAPTAPEDIA_LAB: no three ports in a row are free from {FIRST_PORT} to {LAST_PORT}")
