"""Words for changes."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from adaptapedia.desk.changes import number_of_actor

register = template.Library()


@register.filter
def actor(entry: Any) -> str:
    """Who made a change. A program has no name, and somebody who has gone has only a number."""
    if entry.actor:
        name: str = entry.actor.get_username()
        return name
    if (number := number_of_actor(entry)) is not None:
        return _("somebody who has gone (account %(number)s)") % {"number": number}
    return _("the system")


@register.filter
def deed(entry: Any) -> str:
    """What kind of change it was."""
    return {0: _("Added"), 1: _("Changed"), 2: _("Deleted")}.get(entry.action, _("Opened"))
