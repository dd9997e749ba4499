"""What all benchmarks share: servers of their own, one way to print a figure, the highest memory."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Self

import psutil


def result(name: str, value: float, unit: str) -> None:
    """Print one figure, for people and programs."""
    print(f"RESULT {name} {value:.4g} {unit}", flush=True)


@contextmanager
def own_servers(*, postgres: Mapping[str, str] | None = None) -> Iterator[None]:
    """An empty, migrated database and a Valkey of this run alone, as `make up` starts them; Django is set up.

    `postgres` are settings that the measuring itself needs. DATABASE_URL and REDIS_URL are ignored: no benchmark
    touches data of anybody's.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to stop"))  # so that nothing stays behind then either
    # PostgreSQL's own user, when we are root, must be able to pass through.
    home = Path(tempfile.mkdtemp(prefix="adaptapedia-bench-"))
    home.chmod(0o711)
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {"ADAPTAPEDIA_HOME": str(home / "home"), "DJANGO_SETTINGS_MODULE": "adaptapedia.settings"}
    try:
        with _servers(postgres or {}):
            yield
    finally:
        shutil.rmtree(home)


@contextmanager
def _servers(postgres: Mapping[str, str]) -> Iterator[None]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from adaptapedia.local.postgres import Postgres
    from adaptapedia.local.valkey import Valkey
    from adaptapedia.settings import CONFIG

    home = CONFIG.home
    try:
        database = Postgres(home.data / "postgres", home.run, settings=postgres)
        with database.running(), Valkey(home.data / "valkey", home.run).running():
            call_command("migrate", verbosity=0)
            yield
            connections.close_all()
    finally:
        shutil.rmtree(home.run, ignore_errors=True)


class PeakMemory:
    """The highest memory of this process and its children during a block: `with PeakMemory() as memory: …`.

    `mib` is the sum of resident sets in MiB, looked at every 20 ms (for new children every half second, because
    that reads the whole process table). The servers that `own_servers` started, PostgreSQL and Valkey, are not
    counted, nor anything else that ran before the block.
    """

    EVERY = 0.02
    CHILDREN_EVERY = 25

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def mib(self) -> float:
        return self._peak / 2**20

    def __enter__(self) -> Self:
        self._before = set(self._process.children())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        for look in count():
            if look % self.CHILDREN_EVERY == 0:
                children = self._descendants()
            resident = self._process.memory_info().rss
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    resident += child.memory_info().rss
            self._peak = max(self._peak, resident)
            if self._ended.wait(self.EVERY):
                return

    def _descendants(self) -> set[psutil.Process]:
        """Children begun since, with theirs; those of a server begun before are the server's."""
        children = set(self._process.children()) - self._before
        for child in [*children]:
            with suppress(psutil.NoSuchProcess):
                children.update(child.children(recursive=True))
        return children
