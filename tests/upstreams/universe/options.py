"""What a universe is to be like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Shares go from 0 to 1. The same options and the same facts make the same universe, byte for byte."""

    seed: int = 1
    completed: float = 0.75
    """Of items that the extract does not even name: Wikidata's side is told a year, and as many a director."""
    original_titles: float = 0.6
    """Of titles of another language: Wikidata's side has the original title too (P1476)."""
    absent: float = 0.10
    """Of screen items: TMDb does not have them, only what is named like them."""
    no_external_ids: bool = False
    """TMDb tells no IMDb or Wikidata id, so that only titles, years, people and kinds tell."""
    tmdb_ids: float = 0.6
    """Of screen items that TMDb has: Wikidata knows its id (P4947, P4983), as one of the extra triples."""
    open_library_ids: float = 0.6
    """Of books that Open Library has: Wikidata knows its key (P648)."""
    open_library_absent: float = 0.15
    year_off: float = 0.04
    """Of titles: TMDb's year is one off Wikidata's."""
    respelt: float = 0.35
    """Of titles that other rules of spelling would write otherwise."""
    same_names: float = 0.12
    """Of screen items: TMDb has one to three other titles of the same name."""
    remakes: float = 0.012
    """Of screen items: TMDb has another film of that name from the same year or the one beside it."""
    making_ofs: float = 0.06
    sequels: float = 0.02
    other_kinds: float = 0.03
    """Of screen items: TMDb has a series of the film's name, or a film of the series'."""
    shorts: float = 0.01
    same_hands: float = 0.008
    """Of screen items: TMDb has another film of that name by the same director, a short before it or a remake."""
    other_languages: float = 0.03
    """Of titles: TMDb takes another language for that of the original."""
