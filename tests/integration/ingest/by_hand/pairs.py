"""Pairs that a file may tell, and what became of them."""

from typing import Any

from adaptapedia.ingest.by_hand.importing import Outcome

SOLARIS: dict[str, Any] = {
    "screen_item": "Q230494",
    "screen_title": "Solaris",
    "screen_original_title": "Солярис",
    "screen_language": "en",
    "screen_year": 1972,
    "screen_kind": "film",
    "screen_imdb": "tt0069293",
    "screen_tmdb": "movie/593",
    "screen_directors": ["Andrei Tarkovsky"],
    "source_item": "Q1091438",
    "source_title": "Solaris",
    "source_language": "en",
    "source_year": 1961,
    "source_form": "novel",
    "source_authors": ["Stanisław Lem"],
    "source_isbn": ["978-0-15-602760-1"],
    "source_open_library": "OL8936W",
    "note": "whatever",
}

STALKER: dict[str, Any] = {
    "screen_title": "Stalker", "screen_year": 1979, "screen_kind": "film", "screen_directors": "Andrei Tarkovsky",
    "source_title": "Roadside Picnic", "source_year": 1972, "source_authors": "Arkady Strugatsky; Boris Strugatsky",
    "relation": "loosely_based_on",
}  # fmt: skip


def faults(outcome: Outcome) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.reason) for fault in outcome.faults]


def counts(outcome: Outcome) -> dict[str, tuple[int, ...]]:
    return {kind: tuple(row.values()) for kind, row in outcome.counts.items()}
