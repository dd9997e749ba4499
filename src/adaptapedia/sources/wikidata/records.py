"""What Wikidata tells us, typed. Items are numbers: 42 is Q42."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`subject` is based on (P144) `source`. Ordered as the slices are read."""

    subject: int
    source: int


@dataclass(frozen=True, slots=True, order=True)
class ClassEdge:
    """`child` is a subclass (P279) of `parent`."""

    child: int
    parent: int


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a language (BCP 47 tag, `mul` for many)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One value of an item that could not be used: why, and the value as it was found."""

    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of Wikidata, as far as the catalogue is interested.

    `label` follows the chain en, mul, original title, any language, and is None when there is no
    name at all. Years are historical (-44 is 44 BCE, there is no year 0). Tuples are sorted, so
    that equal items compare equal. An item without any statement and label has `exists` False.
    """

    qid: int
    exists: bool = True
    redirect_to: int | None = None
    classes: tuple[int, ...] = ()
    label: Text | None = None
    original_title: Text | None = None
    published: int | None = None
    """Year of the earliest P577."""
    started: int | None = None
    """Year of the earliest P580: the first broadcast of a series."""
    ended: int | None = None
    """Year of the latest P582."""
    born: int | None = None
    died: int | None = None
    authors: tuple[int, ...] = ()
    author_names: tuple[str, ...] = ()
    directors: tuple[int, ...] = ()
    creators: tuple[int, ...] = ()
    screenwriters: tuple[int, ...] = ()
    language: str | None = None
    """Original language: of P1476's tag, else of P364 or P407."""
    countries: tuple[int, ...] = ()
    genres: tuple[int, ...] = ()
    series: tuple[int, ...] = ()
    based_on: tuple[int, ...] = ()
    """What it is made from (P144): the pairs of which it is the subject."""
    imdb: tuple[str, ...] = ()
    tmdb_movie: tuple[str, ...] = ()
    tmdb_tv: tuple[str, ...] = ()
    tmdb_person: tuple[str, ...] = ()
    open_library: tuple[str, ...] = ()
    isbn: tuple[str, ...] = ()
    modified: datetime | None = None
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Slice:
    """Pairs after a cursor, in order, and how many pairs there were after it in all, these included.

    It is the last slice when `remaining` equals the number of its edges.
    """

    edges: tuple[Edge, ...]
    remaining: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Items after a cursor, in order, that have changed, and how many there were after it in all, these included."""

    qids: tuple[int, ...]
    remaining: int
