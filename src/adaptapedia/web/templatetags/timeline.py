"""The family timeline as one tag: `{% family_timeline source members %}`."""

from collections.abc import Sequence

from django import template

from adaptapedia.web.family import Timeline, timeline_of
from adaptapedia.web.timeline import Member, Source

register = template.Library()


@register.inclusion_tag("web/parts/timeline.html")
def family_timeline(source: Source, members: Sequence[Member], total: int | None = None) -> dict[str, Timeline]:
    """A section for the page of a book. The page links web/timeline.css and web/timeline-list.css.

    `total` says how many there are where `members` has only the first of them.
    """
    return {"timeline": timeline_of(source, members, total=total)}
