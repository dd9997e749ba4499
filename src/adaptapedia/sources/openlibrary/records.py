"""What Open Library tells us, typed. A work is told by its key: `OL893415W`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One value of an answer that could not be used: why, and the value as it was found."""

    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class OpenLibraryWork:
    """One work as the search tells it; empty and None are "not known"."""

    key: str
    title: str
    first_year: int | None
    authors: tuple[tuple[str, str], ...]
    """(key such as OL79034A, name), in Open Library's order."""
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    """MARC codes, as Open Library has them: eng, fre."""
    cover_id: int | None
    editions: int | None
    rating: float | None
    """1 to 5."""
    ratings: int | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What the work's own record says of it. `redirect_to` where it was merged into another work."""

    key: str
    text: str
    redirect_to: str = ""
    problems: tuple[Problem, ...] = ()
