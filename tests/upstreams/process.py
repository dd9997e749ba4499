"""The lab as a process of its own, so that it does not share Python's lock with what is measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

SETTINGS = {
    "wikidata": "WIKIDATA_SPARQL_ENDPOINT",
    "tmdb": "TMDB_BASE_URL",
    "openlibrary": "OPEN_LIBRARY_BASE_URL",
}
CHECKOUT = Path(__file__).resolve().parents[2]


class LabProcess:
    """`python -m tests.upstreams` with these options. A context manager.

    `environment` leads a program to it, `universe` is its catalogue file. Each upstream tells how it was asked:
    `lab.summary("tmdb")["statuses"]`.
    """

    def __init__(self, *options: str) -> None:
        self._command = [sys.executable, "-m", "tests.upstreams", "--json", *options]
        self._process: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}
        self.universe = Path()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        if not told:
            raise RuntimeError(f"the lab ended with {self._process.wait()} before it ran")
        read = json.loads(told)
        self.environment, self.universe = read["environment"], Path(read["universe"])
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=30)

    def summary(self, upstream: str) -> dict[str, Any]:
        """How `wikidata`, `tmdb` or `openlibrary` was asked since the start or the last `forget`; see `Log.summary`."""
        told: dict[str, Any] = httpx.get(f"{self._origin(upstream)}/_lab/log").json()
        return told

    def forget(self, upstream: str) -> None:
        """Empty the log."""
        httpx.delete(f"{self._origin(upstream)}/_lab/log").raise_for_status()

    def faults(self, upstream: str, **calls: list[Any]) -> None:
        """Plan faults: `lab.faults("tmdb", clear=[], every=[5, "503"])`."""
        httpx.post(f"{self._origin(upstream)}/_lab/faults", json=calls).raise_for_status()

    def _origin(self, upstream: str) -> str:
        address = urlsplit(self.environment[SETTINGS[upstream]])
        return f"{address.scheme}://{address.netloc}"
