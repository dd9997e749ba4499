"""Covers and title cards in templates: `{% cover work authors %}` and `{% title_card screen_work makers %}`.

Both are hidden from assistive technology, since the title stands beside them; with a `label` they are a picture.
"""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from adaptapedia.catalogue.highlights import Highlight
from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.catalogue.shown import Name
from adaptapedia.web.covers.draw import draw_cover, draw_title_card
from adaptapedia.web.languages import NAMELESS
from adaptapedia.web.words import years_of

register = template.Library()


@register.simple_tag
def cover(work: Work | Highlight, makers: Sequence[Name] = (), label: str = "") -> SafeString:
    """The typeset cover of a work."""
    svg = draw_cover(
        seed=_seed(work),
        title=work.title,
        byline=_byline(makers),
        language=_language(work),
        label=label,
    )
    return mark_safe(svg)  # noqa: S308 - every word in it is escaped where it is set


@register.simple_tag
def title_card(screen_work: ScreenWork, makers: Sequence[Name] = (), label: str = "") -> SafeString:
    """The title card of a screen work."""
    svg = draw_title_card(
        seed=_seed(screen_work),
        title=screen_work.title,
        byline=_byline(makers),
        year=years_of(screen_work),
        language=_language(screen_work),
        label=label,
    )
    return mark_safe(svg)  # noqa: S308 - every word in it is escaped where it is set


def _seed(entry: Work | Highlight | ScreenWork) -> int:
    """Wikidata's number, so that an entry looks the same in every installation; else its own."""
    return entry.wikidata_id or -entry.pk


def _byline(makers: Sequence[Name]) -> str:
    return ", ".join(name.text for name in makers)


def _language(entry: Work | Highlight | ScreenWork) -> str:
    return "" if entry.title_language in NAMELESS else entry.title_language
