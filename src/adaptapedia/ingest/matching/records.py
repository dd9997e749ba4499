"""What is compared and what comes of it, as values. Pure."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from adaptapedia.sources.tmdb.records import Fetched, TitleKind, TitleRef

Outcome = Literal["accepted", "review", "nothing"]
How = Literal["wikidata", "imdb", "search"]


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """What we know of a screen work that tells it from others."""

    screen_work_id: int
    titles: tuple[str, ...]
    """The title first, then the original one and whatever else it is known by; each once."""
    original_title: str
    year: int | None
    end_year: int | None
    kind: str
    """A `ScreenWork.Kind`."""
    language: str
    """Of the original, BCP 47; empty where it is not known."""
    directors: tuple[str, ...]
    """And, of a series, who created it."""
    imdb: tuple[str, ...]
    refused: tuple[TitleRef, ...] = ()
    """What a person has said it is not."""
    wikidata_id: int | None = None


class Part(NamedTuple):
    """One thing compared: what, what was found, and what that adds to the logarithm of the odds."""

    what: str
    finding: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title that may be it."""

    ref: TitleRef
    title: str
    original_title: str
    language: str
    year: int | None
    parts: tuple[Part, ...]
    score: float = 0.0
    """How probable it is, 0 to 1, seen beside its rivals; 0 for what a person has refused."""

    @property
    def odds(self) -> float:
        """The logarithm of the odds that this is it, by itself."""
        return sum(part.weight for part in self.parts)

    def finding(self, what: str) -> str:
        """What one comparison found; empty where it was not made."""
        return next((part.finding for part in self.parts if part.what == what), "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of looking for a title. `ref` and `score` are those of the best candidate, if there is one."""

    facts: ScreenFacts
    outcome: Outcome
    ref: TitleRef | None = None
    score: float = 0.0
    evidence: dict[str, Any] = field(default_factory=dict)
    """`how` it was found, with how many `requests`, and the `parts` of the best candidate; as JSON keeps it."""
    candidates: tuple[Candidate, ...] = ()
    """The best first."""
    fetched: Fetched | None = None
    """The title that was accepted, where it was read on the way: nobody need ask for it again."""


def kinds_of(kind: str) -> tuple[TitleKind, TitleKind]:
    """Where TMDb may have a `ScreenWork.Kind`, the likelier first."""
    of_series = kind in {"series", "miniseries"}
    return (TitleKind.TV, TitleKind.MOVIE) if of_series else (TitleKind.MOVIE, TitleKind.TV)
