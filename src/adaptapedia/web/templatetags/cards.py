"""Screen works as cards: `{% screen_cards page.on_screen %}`, the items of a list.

Not a template of its own: a page may have hundreds, and each would take four times as long.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from adaptapedia.catalogue.pages import OnScreen
from adaptapedia.web.addresses import address_of
from adaptapedia.web.templatetags import titles
from adaptapedia.web.templatetags.covers import title_card

register = template.Library()

CARD = """<li class="card">
  <a href="{}">
    {}
    <span class="card-title">{}</span>
  </a>
  <p class="card-facts">{} · {}{}</p>
</li>"""


@register.simple_tag
def screen_cards(shown: Iterable[OnScreen]) -> SafeString:
    """Each with its title card, its years and kind, and how it is related where that is not plain."""
    return format_html_join("", CARD, map(_parts, shown))


def _parts(shown: OnScreen) -> tuple[str, ...]:
    screen, relation = shown.screen_work, titles.relation(shown.relation)
    more = format_html("<br>{}", relation) if relation else ""
    kind, years = titles.kind(screen), titles.years(screen)
    return address_of(screen), title_card(screen, shown.makers), titles.title(screen), years, kind, more
