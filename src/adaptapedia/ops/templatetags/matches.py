"""Matches in templates: thin shells over `ops.matching`."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from adaptapedia.ingest import queries
from adaptapedia.ingest.models import Match
from adaptapedia.ops import matching

register = template.Library()

register.filter("best", matching.best)
register.filter("how_found", matching.how_found)


_TONES = {"open": "waiting", "accepted": "succeeded", "refused": "skipped"}


@register.simple_tag
def open_matches() -> int:
    """How many wait for a person."""
    return queries.open_matches()


@register.filter
def candidates(match: Match) -> list[Any]:
    return list(matching.candidates(match))


@register.filter
def tone(state: str) -> str:
    """Which of the states that the style sheet knows a match's state looks like."""
    return _TONES.get(state, state)


@register.filter
def percent(score: float) -> str:
    """A probability in whole per cent; 100 only where it is certain."""
    return f"{min(int(score * 100), 99) if score < 1 else 100} %"


@register.filter
def kind_of_ref(ref: str) -> str:
    return _("Film") if ref.startswith("movie/") else _("Series")
