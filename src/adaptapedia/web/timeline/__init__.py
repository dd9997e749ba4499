"""Where everything stands in the drawing of a family: a book and what the screen made of it. Pure, without Django."""

from adaptapedia.web.timeline.layout import lay_out
from adaptapedia.web.timeline.records import Drawing, Member, Source

__all__ = ["Drawing", "Member", "Source", "lay_out"]
