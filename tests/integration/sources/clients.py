"""Clients of the three upstreams with budgets in the real Valkey; and how much memory something takes."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psutil
from django.conf import settings

from adaptapedia.kit.budget import Budget, Limits
from adaptapedia.sources.fetching import Patience
from adaptapedia.sources.openlibrary.client import OpenLibraryClient
from adaptapedia.sources.tmdb.client import TmdbClient
from adaptapedia.sources.wikidata.client import WikidataClient

USER_AGENT = "Adaptapedia/test (operator@example.org) httpx"
KEY = "5ec2e75ec2e75ec2e75ec2e75ec2e7ab"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiI1ZWMyZTc1ZWMyZTciLCJzY29wZXMiOlsiYXBpX3JlYWQiXX0.c2VjcmV0LXNlY3JldC1zZWNyZXQ"
QUICK = Patience(timeout=1.0, tries=1, first_wait=0.01, shortest_pause=0.01)
CALM = Patience(timeout=30.0, tries=1)
FREE = Limits(rate=10_000.0, burst=10_000.0, cost=1.0, one_at_a_time=False, failures=10_000)
ALONE = replace(FREE, one_at_a_time=True)
MIB = 2**20


def new_budget(limits: Limits = FREE) -> Budget:
    return Budget(f"Test-{uuid4().hex}", settings.BUDGET_URL, limits=limits)


def tmdb(url: str, *, key: str = KEY, limits: Limits = FREE, patience: Patience = CALM, **waits: Any) -> TmdbClient:
    return TmdbClient(url, key=key, user_agent=USER_AGENT, budget=new_budget(limits), patience=patience, **waits)


def open_library(
    url: str, *, agent: str = USER_AGENT, limits: Limits = FREE, patience: Patience = CALM
) -> OpenLibraryClient:
    return OpenLibraryClient(url, user_agent=agent, budget=new_budget(limits), patience=patience)


def wikidata(endpoint: str, *, timeout: float = CALM.timeout, limits: Limits = ALONE) -> WikidataClient:
    """One that tries again at once."""
    budget = new_budget(limits)
    return WikidataClient(endpoint, user_agent=USER_AGENT, budget=budget, timeout=timeout, sleep=lambda _seconds: None)


@contextmanager
def growth() -> Iterator[Callable[[], float]]:
    """By how many MiB this process grew at the most since the beginning, looked at every 2 ms."""
    gc.collect()
    process, over = psutil.Process(), threading.Event()
    before = most = process.memory_info().rss

    def watch() -> None:
        nonlocal most
        while not over.wait(0.002):
            most = max(most, process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: (max(most, process.memory_info().rss) - before) / MIB
    finally:
        over.set()
        thread.join()
