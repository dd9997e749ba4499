"""What a matching compared, in words for people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from adaptapedia.ingest.models import Match

HOW: dict[str, str | Promise] = {
    "wikidata": _("Wikidata, or a file, names this title, but what else is known speaks against it."),
    "imdb": _("Found by the id at IMDb."),
    "search": _("Found by a search for its titles."),
}
TAKEN_BY_WIKIDATA = _("Wikidata, or a file, names this title.")

FINDINGS: dict[tuple[str, str], str | Promise] = {
    ("title", "same"): _("the same title"),
    ("title", "same_words"): _("the same title but for articles and signs"),
    ("title", "nearly"): _("nearly the same title"),
    ("title", "beginning"): _("one title is the beginning of the other"),
    ("title", "like"): _("a title somewhat alike"),
    ("title", "other_number"): _("another number in the title"),
    ("title", "unlike"): _("another title"),
    ("title", "other_name"): _("found by an alternative title"),
    ("original_title", "same"): _("the same original title too"),
    ("year", "same"): _("the same year"),
    ("year", "1"): _("one year apart"),
    ("year", "2"): _("two years apart"),
    ("year", "3"): _("three years apart"),
    ("year", "far"): _("many years apart"),
    ("year", "unknown"): _("a year is not known"),
    ("kind", "either"): _("of a kind that is filed either way"),
    ("kind", "unlikely"): _("of another kind"),
    ("language", "same"): _("the same language"),
    ("language", "other"): _("another language"),
    ("director", "same"): _("made by the same person"),
    ("director", "family_name"): _("made by somebody of the same family name"),
    ("director", "others"): _("made by others"),
    ("director", "unknown"): _("who made it is not known"),
    ("item", "same"): _("it names our item of Wikidata"),
    ("item", "other"): _("it names another item of Wikidata"),
    ("imdb", "same"): _("the same id at IMDb"),
    ("imdb", "other"): _("another id at IMDb"),
}
"""What is told of a candidate; what is not here (how it was found) stands above them all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing compared: in words, and what it adds to the logarithm of the odds."""

    text: str
    weight: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate as the page shows it; `state` says whether it is open, accepted or refused."""

    ref: str
    title: str
    original_title: str
    language: str
    year: int | None
    score: float
    parts: list[Finding]
    state: str


def candidates(match: Match) -> list[Shown]:
    """The candidates of a match, the best first, each with where it stands."""
    return [
        Shown(
            title=told["title"] or told["ref"],
            **{name: told[name] for name in ("ref", "original_title", "language", "year", "score")},
            parts=list(findings(told["parts"])),
            state=_state(match, told["ref"]),
        )
        for told in match.candidates
    ]


def findings(parts: Iterable[tuple[str, str, float]]) -> Iterator[Finding]:
    for what, finding, weight in parts:
        if (text := FINDINGS.get((what, finding))) is not None:
            yield Finding(str(text), f"{weight:+.1f}")


def best(match: Match) -> dict[str, Any] | None:
    """The candidate that was taken, else the best that nobody has refused."""
    return next((one for one in match.candidates if one["ref"] == match.ref), None)


def how_found(match: Match) -> str:
    how = match.evidence.get("how", "")
    return str(TAKEN_BY_WIKIDATA if how == "wikidata" and match.state == Match.State.ACCEPTED else HOW.get(how, ""))


def _state(match: Match, ref: str) -> str:
    if ref in match.refused:
        return "refused"
    if match.state == Match.State.ACCEPTED:
        return "accepted" if ref == match.ref else "open"
    return "open" if match.state == Match.State.OPEN else "refused"
