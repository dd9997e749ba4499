"""A small library for tests of the ingestion, and what a catalogue holds of it."""

import json
from collections.abc import Callable
from typing import Any

from tests.upstreams.triples import FILM, HUMAN, NOVEL, Date, class_tree, triples

INGESTION = "daily-wikidata-ingestion"
PEOPLE = 20
FIRST_FILM, FIRST_NOVEL, FIRST_PERSON = 1_000, 2_000, 3_000
SECOND_BATCH = f"wd:Q{FIRST_FILM + 200} "
"""Stands in one query alone: that for the second batch of items."""

Ask = Callable[[str], list[tuple[Any, ...]]]
GIVEN = "'id', 'run_id', 'created_at', 'updated_at', 'changed_at', 'first_seen_at', 'found_at'"


def library(pairs: int) -> str:
    """So many films (20 or more), each made from a novel; titles repeat, so that slugs must be told apart."""
    people = [triples(FIRST_PERSON + n, label=f"Person {n}", P31=HUMAN) for n in range(PEOPLE)]
    return class_tree() + "".join([*people, *(_film(n) + _novel(n) for n in range(pairs))])


def _film(n: int) -> str:
    return triples(
        FIRST_FILM + n,
        label=f"Story {n % 90}",
        P31=FILM,
        P144=FIRST_NOVEL + n,
        P577=Date(1950 + n % 7),
        P57=FIRST_PERSON + n % PEOPLE,
        P345=f"tt{n:07}",
    )


def _novel(n: int) -> str:
    author = FIRST_PERSON + n * 7 % PEOPLE
    return triples(FIRST_NOVEL + n, label=f"Story {n % 90}", P31=NOVEL, P577=Date(1900 + n % 5), P50=author)


def counts(outcome: str, pairs: int, *, read_from: str) -> dict[str, Any]:
    """The counts of a run for which the whole library was to be `created`, or was `unchanged`.

    The library does not say when its items last changed, so that they are always read.
    """
    settled = {"retired": 0, "restored": 0}

    def all_of(number: int) -> dict[str, int]:
        return {"created": 0, "updated": 0, "unchanged": 0, outcome: number}

    return {
        "read_from": read_from,
        "items": {"read": PEOPLE + 2 * pairs, "carried_over": 0},
        "read": {"people": PEOPLE, "works": pairs, "screen_works": pairs, "pairs": pairs},
        "people": {**all_of(PEOPLE), "merged": 0, **settled},
        "works": {**all_of(pairs), "merged": 0, **settled},
        "screen_works": {**all_of(pairs), "merged": 0, **settled},
        "adaptations": {**all_of(pairs), "missing": 0, **settled},
        "credits_and_ids": {"written": 3 * pairs if outcome == "created" else 0, "removed": 0},
        "rejected": {},
        "rejects": 0,
    }


def standing(ask: Ask) -> dict[str, list[str]]:
    """All rows of catalogue, matches and rejects by table, without the numbers and times that each run gives anew.

    Whom a row points to is told by slug, which everybody has; of provenance the sources stay, of what is retired or
    missing that it is.
    """
    # When an upstream was last read is of another time each time.
    tables = ask(
        r"""
        SELECT tablename FROM pg_tables
        WHERE tablename LIKE 'catalogue\_%' AND tablename <> 'catalogue_lastreading'
            OR tablename IN ('ingest_match', 'ingest_reject')
        """
    )
    entries = {"person_id": "person", "work_id": "work", "screen_work_id": "screenwork", "original_id": "screenwork"}
    slugs: dict[str, dict[int, str]] = {
        name: dict(ask(f"SELECT id, slug FROM catalogue_{table}")) for name, table in entries.items()
    }

    def told(name: str, value: Any) -> Any:
        if name in slugs and value is not None:
            return slugs[name][value]
        if name in {"retired_at", "missing_since"}:
            return value is not None
        return {field: stamp[0] for field, stamp in value.items()} if name == "provenance" else value

    def row(given: dict[str, Any]) -> str:
        return json.dumps({name: told(name, value) for name, value in given.items()}, sort_keys=True)

    return {
        table: sorted(row(given) for (given,) in ask(f"SELECT to_jsonb(t) - ARRAY[{GIVEN}] FROM {table} AS t"))
        for (table,) in tables
    }
