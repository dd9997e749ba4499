"""Pages and API with 10,000 and 500,000 works (twice that of screen works): how many requests a second, how quickly.

    .venv/bin/python -m benchmarks.web [--rows 10000] [--rounds 3] [--seconds 5] [--readers 4] [--only api_work]

All in one run, on servers of its own: the web server by the very command of `make up`, with production's settings
(DATABASE_URL, REDIS_URL, ALLOWED_HOSTS and SECRET_KEY set, requests as a TLS proxy sends them on). The readers are
locust in a process of its own, on the same machine: it takes its share of the two cores, which is printed as
`web.client_share`. Each asks again as soon as it is answered, so latency holds the waiting for one another.

Uncached: addresses are drawn at random from all rows, nothing is asked for conditionally, and the cache is emptied
before each round; what a page keeps for a minute for everybody (the figures on the home page) it may keep.
Cached is told apart: the same 200 addresses again and again, by readers who send back the ETag that they got.

Queries are counted by PostgreSQL itself (pg_stat_statements) in requests one by one: the most that any of them took,
whatever sent it; that a kept connection is asked whether it still lives counts as one. A search may give up after
a time and say so, with status 200: `web.search.<rows>.given_up` is the share of answers for which PostgreSQL logged it.

The peer of a work's JSON is a plain view of Django REST framework (benchmarks/plain_drf.py), on the same server and
rows. Medians of the rounds; ratios are medians of the rounds' own. An answer that is not 200 fails the run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlsplit

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import own_servers, result
from tests.ports import free_port

CHECKOUT = Path(__file__).resolve().parents[1]
SIZES = (10_000, 500_000)
DRAWN = 20_000
"""Addresses a page, more than are asked for within one measurement."""
COUNTED = 50
"""Requests whose queries are counted."""
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https"}
POSTGRES = {"shared_preload_libraries": "pg_stat_statements"}


class Page(NamedTuple):
    """What is asked for: a name, and how to draw addresses from all rows."""

    name: str
    draw: Callable[[random.Random, Server], list[str]]
    peer: bool = False


class Load(NamedTuple):
    """What one measurement saw. Milliseconds; `share` is what the readers' process took of one core, `given_up` how
    many of a hundred answers lacked a statement that took too long."""

    rps: float
    p50: float
    p99: float
    share: float
    given_up: float


class Server(NamedTuple):
    """One running web server."""

    port: int

    def load(self, addresses: Sequence[str], *, options: argparse.Namespace, again: bool = False) -> Load:
        """Have it read by many at once. Ends the run when an answer is a failure, or when there is none."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(addresses, file)
            file.flush()
            where = [f"http://127.0.0.1:{self.port}", file.name]
            how = ["--readers", str(options.readers), "--seconds", str(options.seconds), *["--again"] * again]
            command = [sys.executable, "-m", "benchmarks.web_load", *where, *how]
            given_up = _statements_given_up()
            done = subprocess.run(command, cwd=CHECKOUT, env=_environment(), stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"The readers' process ended with {done.returncode}")
        told = json.loads(done.stdout.splitlines()[-1])
        if told["failed"] or not told["answers"]:
            raise SystemExit(f"{told['failed']} of {told['answers']} answers failed: {told['failures']}")
        share = told["client_seconds"] / told["seconds"]
        given_up = 100 * (_statements_given_up() - given_up) / told["asked"]
        return Load(told["answers"] / told["seconds"], told["p50"], told["p99"], share, given_up)

    def get(self, address: str) -> bytes:
        """One answer. Raises SystemExit when it is not 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", address, headers=HEADERS)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != http.client.OK:
            raise SystemExit(f"{address} answered {answer.status}: {body[:300]!r}")
        return body

    def queries(self, addresses: Sequence[str]) -> int:
        """The most statements that PostgreSQL ran for any one of these."""
        for address in addresses[:8]:  # every thread has its connection then
            self.get(address)
        counts = []
        for address in addresses[8 : 8 + COUNTED]:
            before = _statements()
            self.get(address)
            counts.append(_statements() - before)
        return max(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, action="append", help="works; may be given several times")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--only", choices=[page.name for page in PAGES], action="append", help="these pages alone")
    options = parser.parse_args()
    with own_servers(postgres=POSTGRES):
        _run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        for rows in options.rows or SIZES:
            _fill(rows)
            with ExitStack() as held:
                ours = held.enter_context(serving("benchmarks.web_settings"))
                plain = held.enter_context(serving("benchmarks.plain_settings"))
                for page in PAGES:
                    if page.name in (options.only or [page.name]):
                        measure(page, rows, ours=ours, plain=plain, options=options)


def measure(page: Page, rows: int, *, ours: Server, plain: Server, options: argparse.Namespace) -> None:
    chance = random.Random(rows)
    name = f"web.{page.name}.{rows}"
    uncached, cached, peers = [], [], []
    for _ in range(options.rounds):
        addresses = page.draw(chance, ours)
        _empty_cache()
        uncached.append(ours.load(addresses, options=options))
        if page.peer:
            peers.append(plain.load([address.removeprefix("/api/v1") for address in addresses], options=options))
        cached.append(ours.load(addresses, options=options, again=True))
    result(f"{name}.rps", statistics.median(load.rps for load in uncached), "requests/s")
    result(f"{name}.p50_ms", statistics.median(load.p50 for load in uncached), "ms")
    result(f"{name}.p99_ms", statistics.median(load.p99 for load in uncached), "ms")
    result(f"{name}.queries", ours.queries(page.draw(chance, ours)), "queries")
    result(f"{name}.client_share", statistics.median(load.share for load in uncached), "of a core")
    result(f"{name}.cached_rps", statistics.median(load.rps for load in cached), "requests/s")
    if page.name == "search" or any(load.given_up for load in uncached):
        result(f"{name}.given_up", statistics.median(load.given_up for load in uncached), "per cent")
    if peers:
        ratios = [load.rps / peer.rps for load, peer in zip(uncached, peers, strict=True)]
        result(f"{name}.plain_drf_rps", statistics.median(load.rps for load in peers), "requests/s")
        result(f"{name}.times_plain_drf", statistics.median(ratios), "times")


def draw_home(chance: random.Random, server: Server) -> list[str]:
    return ["/"] * DRAWN


def drawn_from(table: str, column: str, form: str) -> Callable[[random.Random, Server], list[str]]:
    """Addresses of random rows of a table."""

    def draw(chance: random.Random, server: Server) -> list[str]:
        return [form.format(value) for value in _sample(table, column, chance)]

    return draw


def draw_searches(chance: random.Random, server: Server) -> list[str]:
    """A quarter each: whole titles, one word of one (of four letters or more), two words, a title with a slip in it."""
    titles = [*_sample("work", "title", chance), *_sample("screenwork", "title", chance)]
    chance.shuffle(titles)
    ways = (str, lambda title: one_word(title, chance), two_words, lambda title: misspelt(title, chance))
    return [f"/search/?q={quote_plus(ways[number % 4](title))}" for number, title in enumerate(titles[:DRAWN])]


def one_word(title: str, chance: random.Random) -> str:
    words = title.split()
    return chance.choice([word for word in words if len(word) > 3] or words)


def two_words(title: str) -> str:
    return " ".join(title.split()[-2:])


def misspelt(title: str, chance: random.Random) -> str:
    """Two neighbours swapped in the longest word, or in a short one a letter doubled."""
    word = max(title.split(), key=len)
    place = chance.randrange(len(word) - 1) if len(word) > 1 else 0
    slip = word[place + 1 : place + 2] + word[place] if len(word) > 3 else word[place] * 2 + word[place + 1 : place + 2]
    return title.replace(word, word[:place] + slip + word[place + 2 :], 1)


def drawn_by_following(first: str, *, pages: int = 40) -> Callable[[random.Random, Server], list[str]]:
    """The pages of a list, from its first on, in random order: a cursor is told by the page before it alone."""

    def draw(chance: random.Random, server: Server) -> list[str]:
        found, following = [], first
        while following and len(found) < pages:
            found.append(following)
            parts = urlsplit(json.loads(server.get(following)).get("next") or "")
            following = f"{parts.path}?{parts.query}" if parts.path else ""
        return chance.choices(found, k=DRAWN)

    return draw


PAGES = (
    Page("home", draw_home),
    Page("book", drawn_from("work", "slug", "/book/{}/")),
    Page("screen", drawn_from("screenwork", "slug", "/screen/{}/")),
    Page("search", draw_searches),
    Page("api_list", drawn_by_following("/api/v1/works/")),
    Page("api_work", drawn_from("work", "id", "/api/v1/works/{}/"), peer=True),
    Page("api_screen_list", drawn_by_following("/api/v1/screen-works/")),
    Page("api_screen", drawn_from("screenwork", "id", "/api/v1/screen-works/{}/")),
)


@contextmanager
def serving(settings: str) -> Iterator[Server]:
    """The web server of `make up` with these settings, on a port of its own, until the block ends."""
    from adaptapedia.local.processes import die_with_parent, wait_until
    from adaptapedia.local.programs import web_server

    port = free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            web_server(port),
            cwd=CHECKOUT,
            env={**_environment(), "DJANGO_SETTINGS_MODULE": settings},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        try:
            if not wait_until(lambda: _answers(port) or process.poll() is not None, seconds=60) or process.returncode:
                log.seek(0)
                raise SystemExit(f"The web server with {settings} does not answer: {log.read()[-2000:].decode()}")
            yield Server(port)
        finally:
            process.terminate()
            process.wait(timeout=20)


SECRET_KEY = secrets.token_urlsafe(50)


def _environment() -> dict[str, str]:
    """Production's: servers named by their addresses."""
    from adaptapedia.settings import CONFIG

    return {
        **os.environ,
        "DATABASE_URL": CONFIG.database_address,
        "REDIS_URL": CONFIG.redis_address,
        "SECRET_KEY": SECRET_KEY,
        "ALLOWED_HOSTS": "localhost",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path]),
    }


def _fill(rows: int) -> None:
    from benchmarks.library import fill

    began = time.perf_counter()
    tables = "catalogue_work, catalogue_screenwork, catalogue_person, catalogue_dailystatistics"
    _run(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    fill(rows)
    print(f"{rows} works written in {time.perf_counter() - began:.0f} s", flush=True)


def _sample(table: str, column: str, chance: random.Random) -> list[Any]:
    """Values of random rows, the same for the same state of `chance`."""
    highest = _ask(f"SELECT max(id) FROM catalogue_{table}")[0][0]
    ids = [chance.randint(1, highest) for _ in range(DRAWN)]
    found = dict(_ask(f"SELECT id, {column} FROM catalogue_{table} WHERE id = ANY(%s)", [ids]))
    return [found[number] for number in ids]


def _statements() -> int:
    counted = "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%%pg_stat_statements%%'"
    return int(_ask(counted, [])[0][0] or 0)


def _statements_given_up() -> int:
    """How often a statement was ended for taking too long, by the log of PostgreSQL."""
    from adaptapedia.settings import CONFIG

    return (CONFIG.home.data / "postgres.log").read_text().count("canceling statement due to statement timeout")


def _ask(question: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def _run(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def _empty_cache() -> None:
    from django.core.cache import cache

    cache.clear()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers=HEADERS)
        return bool(connection.getresponse().read() is not None)
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
