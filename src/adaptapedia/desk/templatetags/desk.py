"""Words for changes."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from adaptapedia.desk.changes import who

register = template.Library()


register.filter("actor", who)


@register.filter
def deed(entry: Any) -> str:
    """What kind of change it was."""
    return {0: _("Added"), 1: _("Changed"), 2: _("Deleted")}.get(entry.action, _("Opened"))
