"""Search by title over both sides: books and what the screen made of them.

Three ways lead to candidates, each of them bounded. By slug, in its own order: whole titles and their
beginnings, in any script, even where half the catalogue has the word. By every word of what was typed,
anywhere in the names, through the trigrams' index; a word of one or two letters at the beginning of a word,
since trigrams know nothing shorter. And only where these find next to nothing, by likeness. What is found is
ranked as one list.

Nothing here may hold a page up: a statement that takes longer than `PATIENCE` is given up, and that is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adaptapedia.catalogue import search_sql
from adaptapedia.catalogue.bounded import TookTooLong, rows_within
from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.catalogue.search_sql import Side
from adaptapedia.kit.text import clean, fold, slugify

__all__ = ["ALIKE_SHOWN", "BOUND", "PAGE", "Found", "Hit", "Side", "Years", "find_by_identifier", "search"]

PAGE = 25
BOUND = 200
"""Candidates of one way on one side, and at most so many are listed: nobody turns to page nine."""
ALIKE_SHOWN = 10
ALIKE = 0.4
"""pg_trgm's word similarity from which a title counts as spelt alike: "drakula" has 0.45 of "dracula"."""
PATIENCE = 400
"""Milliseconds."""
WORDS = 12
"""So many words of what was typed are looked for; all of it counts in the ranking."""
SHORT = 2
"""A word up to so long has no trigram of its own."""
CHECKED = 3
"""A word up to so long says too little to be looked up beside a longer one."""
LOOKED_UP = 3
"""So many words, the longest, are looked up in the index."""
LEFT_OUT = 4
"""So many words are left out in turn, in case that one is misspelt."""

_PIECES = re.compile(r"[^\W_]+")
_ITEM = re.compile(r"[Qq]([1-9][0-9]{0,14})")
_IMDB = re.compile(r"tt[0-9]{7,10}")
_ISBN = re.compile(r"[0-9]{9}[0-9X]|97[89][0-9]{10}")


class Years(NamedTuple):
    """From year to year, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A work or screen work as a list shows it."""

    side: Side
    id: int
    slug: str
    title: str
    title_language: str
    original_title: str
    original_language: str
    year: int | None
    end_year: int | None
    kind: str
    names: str
    """Authors, or directors and creators; may be empty."""
    count: int
    """How often a work was adapted; how many remakes a screen work has."""

    @property
    def address(self) -> str:
        return f"/book/{self.slug}/" if self.side is Side.BOOKS else f"/screen/{self.slug}/"

    @property
    def kind_name(self) -> str:
        return str(Work.Form(self.kind).label if self.side is Side.BOOKS else ScreenWork.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, best first, and what is to be said about them."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    """Of all pages, at most BOUND."""
    more: bool = False
    """There are others that are not listed: a word more would tell."""
    alike: list[Hit] = field(default_factory=list)
    """What is only spelt alike; looked for on a first page with next to no hits."""
    gave_up: bool = False
    """It took too long, and what is shown may not be all."""


def words_of(text: str) -> list[str]:
    """What is looked for: runs of letters and digits of any script, folded. Empty: nothing can be found.

    One or two letters within a word ("it's") are left out: nothing begins with them.
    """
    pieces = [_PIECES.findall(word) for word in fold(clean(text)).split()]
    return [piece for found in pieces for n, piece in enumerate(found) if n == 0 or len(piece) > SHORT]


def search(text: str, *, side: Side | None = None, years: Years | None = None, page: int = 1) -> Found:
    """The entries whose names have all the words; see above. Pages count from 1, beyond the last they are empty."""
    words = words_of(text)
    if not words:
        return Found()
    sides = [side] if side else list(Side)
    narrowed, values = _narrowed(years)
    values |= {"text": " ".join(fold(clean(text)).split()), "bound": BOUND}
    found = _by_words(words, sides, narrowed, {**values, **_slugs(text, words)}, page=page)
    if page > 1 or found.hits or found.gave_up:
        return found
    return _alike(words, sides, narrowed, values)


def find_by_identifier(text: str) -> list[Hit]:
    """The entries that Wikidata (Q41542), IMDb (tt0021814) or an ISBN names; empty for anything else."""
    name = text.strip()
    values: dict[str, Any] = {}
    if item := _ITEM.fullmatch(name):
        conditions = dict.fromkeys(Side, "e.wikidata_id = %(item)s")
        values = {"item": int(item[1])}
    elif _IMDB.fullmatch(name):
        conditions = {Side.SCREEN: search_sql.claimed(Side.SCREEN)}
        values = {"scheme": "imdb", "value": name}
    elif _ISBN.fullmatch(digits := re.sub(r"[- ]", "", name.upper())):
        conditions = {Side.BOOKS: search_sql.claimed(Side.BOOKS)}
        values = {"scheme": "isbn", "value": digits}
    else:
        return []
    rows, _ = _asked(search_sql.named(conditions), {**values, "bound": PAGE, "limit": PAGE, "offset": 0})
    return [_hit(row) for row in rows]


def _by_words(
    words: Sequence[str], sides: Sequence[Side], narrowed: str, values: dict[str, Any], *, page: int
) -> Found:
    conditions, patterns = _patterns(words)
    values |= {**patterns, "limit": PAGE, "offset": (page - 1) * PAGE}
    rows, gave_up = _asked(search_sql.by_words(sides, words=conditions, narrowed=narrowed), values)
    if gave_up:  # what is found by slug alone is found at once
        rows, _ = _asked(search_sql.by_words(sides, words="false", narrowed=narrowed), values)
    if not rows:
        return Found(gave_up=gave_up)
    return Found([_hit(row) for row in rows], rows[0]["total"], more=rows[0]["more"], gave_up=gave_up)


def _alike(words: Sequence[str], sides: Sequence[Side], narrowed: str, values: dict[str, Any]) -> Found:
    """What is spelt like it: has a word like its longest, or all its words but one."""
    longest = sorted(set(words), key=len, reverse=True)[:WORDS]
    patterns: dict[str, Any] = {"longest": longest[0], "alike": ALIKE}
    looks = ["%(longest)s <%% e.search_text"]
    for n in range(min(LEFT_OUT, len(longest)) if len(longest) > 1 else 0):
        condition, found_by = _patterns([*longest[:n], *longest[n + 1 :]], prefix=f"without{n}_")
        looks.append(condition)
        patterns |= found_by
    statement = search_sql.alike(sides, looks=looks, narrowed=narrowed)
    rows, gave_up = _asked(statement, {**values, **patterns, "limit": ALIKE_SHOWN, "offset": 0})
    return Found(alike=[_hit(row) for row in rows], gave_up=gave_up)


def _patterns(words: Sequence[str], *, prefix: str = "word") -> tuple[str, dict[str, str]]:
    """The condition that all words are there, and its parameters.

    Three are looked up, the others only checked: reading the index for each would cost more than it saves. Of those
    of up to three letters none is looked up beside a longer one, since "the" is in every third title.
    """
    conditions, values = [], {}
    several = sorted(set(words), key=len, reverse=True)[:WORDS]
    for n, word in enumerate(several):
        name = f"{prefix}{n}"
        checked = n >= LOOKED_UP or len(word) <= CHECKED < len(several[0])
        column = "(e.search_text || '')" if checked else "e.search_text"
        if len(word) > SHORT:
            conditions.append(f"{column} LIKE %({name})s")
            values[name] = f"%{word}%"
        else:
            conditions.append(f"({column} LIKE %({name}_first)s OR {column} LIKE %({name})s)")
            values |= {f"{name}_first": f"{word}%", name: f"% {word}%"}
    return " AND ".join(conditions), values


def _narrowed(years: Years | None) -> tuple[str, dict[str, Any]]:
    if years is None:
        return "", {}
    return "AND e.year BETWEEN %(first_year)s AND %(last_year)s", {"first_year": years[0], "last_year": years[1]}


def _slugs(text: str, words: Sequence[str]) -> dict[str, str]:
    """A slug, and the range of those that begin with it as whole words ("-" and the sign after it)."""
    slug = slugify(text) or "-".join(words)
    return {"slug": slug, "after_slug": f"{slug}-", "before_slug": f"{slug}."}


def _asked(statement: str, values: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """The rows, and whether it was given up for taking too long."""
    try:
        return rows_within(PATIENCE, statement, values, similar=ALIKE), False
    except TookTooLong:
        return [], True


def _hit(row: dict[str, Any]) -> Hit:
    return Hit(
        side=Side(row["side"]),
        names=row["names"] or "",
        **{name: row[name] for name in Hit.__slots__ if name not in {"side", "names"}},
    )
