"""Words for changes."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def actor(entry: Any) -> str:
    """Who made a change. A program has no name, and somebody who has gone has none any more."""
    return entry.actor.get_username() if entry.actor else _("the system")


@register.filter
def deed(entry: Any) -> str:
    """What kind of change it was."""
    return {0: _("Added"), 1: _("Changed"), 2: _("Deleted")}.get(entry.action, _("Opened"))
