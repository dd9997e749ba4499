"""Words for templates: thin shells over `ops.words`."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from adaptapedia.catalogue.actions import Held
from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import ExternalId
from adaptapedia.ops import words
from adaptapedia.scheduling.previewing import noted

register = template.Library()


@register.filter
def stamp(moment: datetime | str | None) -> SafeString | str:
    """A <time> with date, time and zone. Takes ISO 8601 too, as JSON columns keep it."""
    if isinstance(moment, str):
        moment = parse_datetime(moment)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words.stamp(moment)) if moment else ""


register.filter("clock", words.clock)
register.filter("noted", noted)


@register.filter
def local_stamp(moment: datetime) -> SafeString:
    """A <time> in the moment's own zone."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words.local_stamp(moment))


@register.filter
def clock_with_seconds(moment: datetime) -> SafeString:
    """A <time> of which only the hour is shown, and the day on hovering."""
    shown = (moment.isoformat(), words.stamp(moment), date_format(timezone.localtime(moment), "H:i:s"))
    return format_html('<time datetime="{}" title="{}">{}</time>', *shown)


@register.filter
def verdict_in_words(verdict: str) -> str:
    return str(words.VERDICTS[verdict][0])


@register.filter
def tone_of_verdict(verdict: str) -> str:
    """Which of the states that the style sheet knows a verdict looks like."""
    return words.VERDICTS[verdict][1]


@register.filter
def distance(moment: datetime | None) -> SafeString | str:
    """A <time> that says how far the moment is from now, and when it is on hovering."""
    if moment is None:
        return ""
    shown = (moment.isoformat(), words.stamp(moment), words.distance(moment))
    return format_html('<time datetime="{}" title="{}">{}</time>', *shown)


@register.filter
def span(time: timedelta | None) -> str:
    return words.span(time) if time is not None else ""


@register.filter
def since(moment: datetime) -> str:
    """How long ago, as a bare length of time."""
    return words.span(timezone.now() - moment)


@register.filter
def cadence(rule: str) -> words.Cadence | None:
    return words.cadence(rule)


@register.filter
def count_rows(counts: Mapping[str, Any]) -> Iterator[words.CountRow]:
    return words.count_rows(counts)


@register.filter
def matrix(counts: Mapping[str, Any]) -> words.Matrix | None:
    return words.matrix(counts)


@register.filter
def beside_matrix(counts: Mapping[str, Any]) -> dict[str, Any]:
    return words.beside_matrix(counts)


@register.filter
def in_short(counts: Mapping[str, Any] | None) -> str:
    return words.in_short(counts)


@register.filter
def plain(value: Any) -> str:
    return words.plain(value)


@register.filter
def readable_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


@register.filter
def unlocalized(number: int) -> str:
    """A number for an attribute, as HTML wants it."""
    return str(number)


@register.filter
def key_parts(key: str) -> list[words.KeyPart]:
    return words.key_parts(key)


@register.filter
def gist(payload: Mapping[str, Any]) -> str:
    return words.gist(payload)


@register.filter
def scheme_name(scheme: str) -> str:
    return str(ExternalId.Scheme(scheme).label)


@register.filter
def known_as(row: Held) -> str:
    """By what name people know an entry; its metadata by the same."""
    return str(row.entry if isinstance(row, Metadata) else row)


@register.filter
def field_name(row: Held, field: str) -> str:
    """What people call a field of an entry or of metadata."""
    return str(row._meta.get_field(field).verbose_name).capitalize()  # type: ignore[union-attr]  # no relation


@register.filter
def value_of(row: Held, field: str) -> str:
    return words.value(getattr(row, field))


@register.filter
def said_of(theirs: Mapping[str, Any], field: str) -> str:
    """What an upstream says of a field."""
    return words.value(theirs.get(field))


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value)
