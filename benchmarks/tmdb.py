"""A refresh from TMDb within its budget: how much of the allowed rate it uses, and what a title costs.

    .venv/bin/python benchmarks/tmdb.py [--titles 2000]

TMDb is the lab's, on loopback, in a process of its own: 50 ms a request, 40 requests a second allowed, 429 beyond.
Refreshes by the weekly job's own code, into a catalogue of its own:

- of titles whose numbers are known;
- of the same catalogue with some screen works more (5% unless told) whose numbers are still to be found, by title,
  year and director;
- of the whole once more, twice side by side, each in a process of its own: both ask for every title, and share the
  budget.

Requests are those that the lab has logged. Of the rate only what it answered with 200 or 304 counts, without what its
full bucket allows on top at the beginning.

The peer is the way of a known system of this kind in the same run: search, details, credits and external ids, one
request after the other, for 40 titles.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from benchmarks.common import own_servers, result
from benchmarks.going import Going

LATENCY = 0.05
ALLOWED = 40.0
BURST = 40.0
"""Requests that the lab allows at once when nobody has asked for a second."""
UNMATCHED_SHARE = 0.05
PEER_TITLES = 40
WORKERS = 2


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--titles", type=int, default=2_000)
    arguments.add_argument("--unmatched", type=float, default=UNMATCHED_SHARE, help="screen works without a number")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--refresh", type=int, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    there = options.titles + int(options.titles * options.unmatched)
    if options.serve:
        serve(options.titles)
    elif options.refresh:
        refresh_alone(options.refresh)
    else:
        with own_servers(), lab(there) as address:
            measure(options.titles, there, address)


def measure(titles: int, there: int, address: str) -> None:
    make_screen_works(range(1, titles + 1), known=True)
    forget(address)
    seconds, counts = refreshed(1)
    if counts["enriched"] != titles:
        sys.exit(f"of {titles} titles {counts['enriched']} were read: {counts}")
    first, asked = titles / seconds, seen(address)
    result("tmdb.rate_used_percent", rate_used(asked, seconds), "%")
    result("tmdb.requests_per_title", asked["requests"] / titles, "requests")
    result("tmdb.titles_per_s", first, "titles/s")
    result("tmdb.answers_429", refused(asked), "answers")

    make_screen_works(range(titles + 1, there + 1), known=False)
    forget(address)
    _, counts = refreshed(2)
    more, asked = there - titles, seen(address)
    result("tmdb.unmatched_share_percent", 100 * more / there, "%")
    result("tmdb.requests_per_title_with_matching", asked["requests"] / counts["processed"], "requests")
    result("tmdb.requests_per_unmatched", (asked["requests"] - titles) / more, "requests")
    result("tmdb.found_of_unmatched_percent", 100 * counts["enriched"] / more, "%")

    forget(address)
    seconds = two_refreshes(there)
    asked = seen(address)
    result("tmdb.two_workers_rate_used_percent", rate_used(asked, seconds), "%")
    result("tmdb.two_workers_requests_per_title", asked["requests"] / WORKERS / there, "requests")
    result("tmdb.two_workers_answers_429", refused(asked), "answers")

    peer = titles_per_s_of_peer(address)
    result("tmdb.peer_titles_per_s", peer, "titles/s")
    result("tmdb.times_peer", first / peer, "times")


def rate_used(asked: dict[str, Any], seconds: float) -> float:
    """Of what was allowed, in per cent: only what was answered, and nothing of the burst that a full bucket allows."""
    answered = sum(int(asked["statuses"].get(status, 0)) for status in ("200", "304"))
    return 100 * (answered - BURST) / seconds / ALLOWED


def refused(asked: dict[str, Any]) -> int:
    return int(asked["statuses"].get("429", 0))


def refreshed(run_id: int) -> tuple[float, dict[str, Any]]:
    """Seconds of one refresh by the weekly job's code, and its counts."""
    from adaptapedia.ingest.metadata.opening import tmdb, tmdb_extent
    from adaptapedia.ingest.metadata.tmdb import refresh_titles

    began = time.perf_counter()
    with tmdb() as (loop, client):
        counts = refresh_titles(client, Going(id=run_id), loop, extent=tmdb_extent())
    return time.perf_counter() - began, dict(counts)


def two_refreshes(titles: int) -> float:
    """Seconds in which two processes refresh everything each, from the first start to the last end."""
    ours = [sys.executable, __file__, "--refresh"]
    runs = range(3, 3 + WORKERS)
    workers = [subprocess.Popen([*ours, str(run)], stdout=subprocess.PIPE, text=True) for run in runs]
    told = [worker.communicate()[0].split() for worker in workers]
    if any(worker.returncode for worker in workers):
        sys.exit("a worker failed")
    if any(int(processed) != titles for _, _, processed in told):
        sys.exit(f"of {titles} titles the two refreshed {[processed for _, _, processed in told]}")
    return max(float(ended) for _, ended, _ in told) - min(float(began) for began, _, _ in told)


def refresh_alone(run_id: int) -> None:
    """What one of the two does; prints when it began and ended, and how many titles it asked for."""
    import django

    django.setup()
    began = time.time()
    _, counts = refreshed(run_id)
    print(began, time.time(), counts["processed"])


def titles_per_s_of_peer(address: str) -> float:
    """Titles a second of a way that asks four times for each, and waits for each answer."""
    began = time.perf_counter()
    with httpx.Client(base_url=address, params={"api_key": key()}, timeout=30) as client:
        for number in range(1, PEER_TITLES + 1):
            ask(client, "/search/movie", query=title_of(number))
            for path in ("", "/credits", "/external_ids"):
                ask(client, f"/movie/{number}", append_to_response=path.strip("/"))
    return PEER_TITLES / (time.perf_counter() - began)


def ask(client: httpx.Client, path: str, **params: str) -> None:
    client.get(path, params={name: value for name, value in params.items() if value}).raise_for_status()


def make_screen_works(numbers: range, *, known: bool) -> None:
    """Films that TMDb has; of `known` ones its number is known as well."""
    from adaptapedia.catalogue.derived import search_text, sort_key
    from adaptapedia.catalogue.models import ExternalId, Person, ScreenCredit, ScreenExternalId, ScreenWork

    films = [
        ScreenWork(
            title=title_of(number),
            title_language="en",
            year=year_of(number),
            kind=ScreenWork.Kind.FILM,
            slug=f"film-{number}",
            sort_key=sort_key(title_of(number), "en"),
            search_text=search_text(title_of(number), ""),
        )
        for number in numbers
    ]
    ScreenWork.objects.bulk_create(films)
    if known:
        scheme = ExternalId.Scheme.TMDB_MOVIE
        ids = zip(films, numbers, strict=True)
        ScreenExternalId.objects.bulk_create(
            ScreenExternalId(screen_work=film, scheme=scheme, value=str(number), source="wikidata")
            for film, number in ids
        )
        return
    for film, number in zip(films, numbers, strict=True):
        name = director_of(number)
        person = Person.objects.create(
            name=name, name_language="en", slug=f"director-{number}", sort_key=name.lower(), search_text=name.lower()
        )
        ScreenCredit.objects.create(
            screen_work=film, role=ScreenCredit.Role.DIRECTOR, position=0, person=person, source="wikidata"
        )


def title_of(number: int) -> str:
    from benchmarks.pairs import WORDS

    return " ".join(random.Random(number).sample(WORDS, k=5)).title()


def year_of(number: int) -> int:
    return 1930 + number % 90


def director_of(number: int) -> str:
    from benchmarks.pairs import WORDS

    return " ".join(random.Random(-number).sample(WORDS, k=2)).title()


@contextmanager
def lab(titles: int) -> Iterator[str]:
    """TMDb in a process of its own; its address. Settings point to it, here and in processes begun from here."""
    serving = [sys.executable, __file__, "--serve", "--titles", str(titles)]
    server = subprocess.Popen(serving, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = server.stdout.readline().strip()
        if not address:
            sys.exit("the lab did not start")
        from django.conf import settings

        os.environ |= {"TMDB_BASE_URL": address, "TMDB_API_KEY": key()}
        settings.TMDB_BASE_URL, settings.TMDB_API_KEY = address, key()
        yield address
    finally:
        server.communicate(timeout=30)


def serve(titles: int) -> None:
    """Serve until standard input ends."""
    from tests.upstreams.lab import TmdbLab
    from tests.upstreams.titles import film

    with TmdbLab(per_second=ALLOWED, burst=BURST, latency=LATENCY) as server:
        server.add(
            *(
                film(number, title_of(number), date=f"{year_of(number)}-05-04", directors=director_of(number))
                for number in range(1, titles + 1)
            )
        )
        print(server.url, flush=True)
        sys.stdin.read()


def key() -> str:
    from tests.upstreams.tmdb import API_KEY

    return API_KEY


def forget(address: str) -> None:
    """Let the lab count from nought, its bucket full again."""
    time.sleep(1.5)
    httpx.delete(address.removesuffix("/3") + "/_lab/log").raise_for_status()


def seen(address: str) -> dict[str, Any]:
    """What the lab was asked since."""
    counts: dict[str, Any] = httpx.get(address.removesuffix("/3") + "/_lab/log").raise_for_status().json()
    return counts


if __name__ == "__main__":
    main()
