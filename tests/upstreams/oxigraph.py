"""Oxigraph on loopback: a real SPARQL server in the place of Wikidata's."""

from __future__ import annotations

import gzip
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import httpx

from adaptapedia.local.processes import die_with_parent
from tests.ports import free_port

READY_WITHIN = 20.0


class OxigraphServer:
    """Oxigraph serving some N-Triples, read-only. A context manager; `url` takes SPARQL queries."""

    def __init__(self, *ntriples: str | Path, timeout_s: int | None = None) -> None:
        """`ntriples` are texts themselves or paths of files, gzipped or not."""
        self._folder = Path(tempfile.mkdtemp(prefix="oxigraph-"))
        self._timeout = [] if timeout_s is None else ["--timeout-s", str(timeout_s)]
        self._server: subprocess.Popen[bytes] | None = None
        self.url = ""
        try:
            self._load([self._file(number, each) for number, each in enumerate(ntriples)])
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def start(self) -> Self:
        for _ in range(5):  # somebody else may take the free port before the server does
            port = free_port()
            self.url = f"http://127.0.0.1:{port}/query"
            arguments = ["serve-read-only", "--location", self._data, "--bind", f"127.0.0.1:{port}", *self._timeout]
            self._server = subprocess.Popen(
                [_oxigraph(), *arguments],
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )
            if self._answers():
                return self
            self.stop()
        raise RuntimeError("Oxigraph found no free port in five tries")

    def stop(self) -> None:
        if self._server is not None:
            self._server.kill()  # read-only: nothing to lose, and it ignores SIGTERM while a query runs
            self._server.wait()
            self._server = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _file(self, number: int, ntriples: str | Path) -> Path:
        file = self._folder / f"items-{number}.nt"
        if isinstance(ntriples, str):
            file.write_text(ntriples, encoding="utf-8")
        elif ntriples.suffix == ".gz":
            file.write_bytes(gzip.decompress(ntriples.read_bytes()))
        else:
            file = ntriples
        return file

    def _load(self, files: Sequence[Path]) -> None:
        loading = [_oxigraph(), "load", "--location", self._data, "--file", *map(str, files)]
        done = subprocess.run(loading, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(f"Oxigraph cannot load these triples: {done.stderr}")

    def _answers(self) -> bool:
        assert self._server is not None
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                if httpx.get(self.url, params={"query": "ASK {}"}, timeout=5).is_success:
                    return self._server.poll() is None
            except httpx.TransportError:
                time.sleep(0.02)
        return False


def _oxigraph() -> str:
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.exists() else shutil.which("oxigraph")
    if found is None:
        raise FileNotFoundError("the program oxigraph is missing: make install")
    return found
