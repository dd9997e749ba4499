"""Words and figures of the pages that lead into the catalogue."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def year(number: int) -> str:
    """A historical year without separators: 1897, 44 BCE."""
    return _("%d BCE") % -number if number < 0 else str(number)
