"""Titles, names and years in templates: `{{ work|title }}`, `{{ name|named }}`, `{{ work.year|historical }}`."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from adaptapedia.catalogue.models import Adaptation, ScreenWork, TitledEntry, Work
from adaptapedia.catalogue.shown import Name
from adaptapedia.web.addresses import address_of
from adaptapedia.web.languages import in_language, language_name
from adaptapedia.web.words import historical, years_of

register = template.Library()

register.filter("historical", historical)
register.filter("language_name", language_name)
register.filter("address", address_of)


@register.filter
def title(entry: TitledEntry) -> SafeString:
    """The title, with its language and direction."""
    return in_language(entry.title, entry.title_language)


@register.filter
def original_title(entry: TitledEntry) -> SafeString:
    """The original title where it is another than the title, else nothing."""
    if entry.original_title in {"", entry.title}:
        return SafeString()
    return in_language(entry.original_title, entry.original_language)


@register.filter
def years(screen_work: ScreenWork) -> str:
    """A year, or a span of them; in words where it is not known."""
    return years_of(screen_work) or _("year unknown")


@register.filter
def kind(screen_work: ScreenWork) -> str:
    """What a screen work is. Django's `get_kind_display` translates every kind to show one."""
    return str(ScreenWork.Kind(screen_work.kind).label)


@register.filter
def form(work: Work) -> str:
    """What a work is; the same."""
    return str(Work.Form(work.form).label)


@register.filter
def named(names: Sequence[Name]) -> SafeString:
    """Names in a row, each with its language and direction."""
    return mark_safe(", ".join(in_language(name.text, name.language) for name in names))  # noqa: S308 - escaped there


@register.filter
def one_named(name: Name) -> SafeString:
    """A name, with its language and direction."""
    return in_language(name.text, name.language)


@register.filter
def relation(value: str) -> str:
    """How a screen work is related to its source, where the heading above does not say it."""
    said = value in {Adaptation.Relation.BASED_ON, Adaptation.Relation.REMAKE_OF}
    return "" if said else str(Adaptation.Relation(value).label)


@register.filter
def relation_to_source(value: str) -> str:
    """The same as a sentence beside the source."""
    if value == Adaptation.Relation.INSPIRED_BY:
        return _("Inspired by it.")
    return _("Loosely based on it.") if value == Adaptation.Relation.LOOSELY_BASED_ON else ""
