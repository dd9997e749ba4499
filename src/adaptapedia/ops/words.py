"""Times, spans, rules and counts in words for people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SECOND = timedelta(seconds=1)
UNITS = (
    (timedelta(days=1), gettext_lazy("d")),
    (timedelta(hours=1), gettext_lazy("h")),
    (timedelta(minutes=1), gettext_lazy("min")),
    (SECOND, gettext_lazy("s")),
)


def span(time: timedelta) -> str:
    """A length of time in its two largest units: "240 ms", "12 s", "3 min 5 s", "4 h", "3 d 4 h"."""
    rest = abs(time)
    if rest < SECOND:
        return _("%d ms") % (rest / timedelta(milliseconds=1))
    counted: list[tuple[int, str]] = []
    for unit, word in UNITS:
        count, rest = divmod(rest, unit)
        if count or counted:
            counted.append((count, str(word)))
    return " ".join(f"{count} {word}" for count, word in counted[:2] if count)


def distance(moment: datetime, *, now: datetime | None = None) -> str:
    """How far a moment is from now: "in 4 h 20 min", "12 s ago"."""
    away = moment - (now or timezone.now())
    return _("in %s") % span(away) if away > timedelta() else _("%s ago") % span(away)


def stamp(moment: datetime) -> str:
    """Date and time to the minute, with the zone: "22 Nov 2026, 02:00 UTC"."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"


def local_stamp(moment: datetime) -> str:
    """Date and time to the minute in the moment's own zone, with the weekday: "Sun 29 Mar 2026, 03:00 CEST"."""
    return f"{date_format(moment, 'D j M Y, H:i')} {moment.tzname()}"


def clock(moment: datetime) -> str:
    """The time of a moment in its own zone: "01:00"; with seconds where it has some."""
    return date_format(moment, "H:i:s" if moment.second else "H:i")


@dataclass(frozen=True, slots=True)
class Cadence:
    """A rule as a programme prints it: a kicker ("Daily"), an hour ("02:00") and its zone."""

    kicker: str
    hour: str
    zone: str


def cadence(rule: str) -> Cadence | None:
    """The cadence of a crontab rule with its zone ("0 2 * * * UTC"); None for what has no plain name."""
    fields = rule.split()
    if len(fields) != 6 or not fields[0].isdigit() or fields[2:4] != ["*", "*"]:
        return None
    minute, hour, day, zone = int(fields[0]), fields[1], fields[4], fields[5]
    if hour == "*" and day == "*":
        return Cadence(_("Hourly"), f":{minute:02}", zone)
    if not hour.isdigit():
        return None
    if day == "*":
        return Cadence(_("Daily"), f"{int(hour):02}:{minute:02}", zone)
    return Cadence(weekday, f"{int(hour):02}:{minute:02}", zone) if (weekday := _weekday(day)) else None


def _weekday(field: str) -> str | None:
    """The name of cron's weekday, which counts from Sunday (0 or 7)."""
    names = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
    number = names.get(field.lower()[:3], int(field) if field.isdigit() else None)
    return None if number is None or number > 7 else str(WEEKDAYS[(number - 1) % 7])


@dataclass(frozen=True, slots=True)
class CountRow:
    """One line of a result: its name, its value, and how deep it is nested."""

    name: str
    value: Any
    depth: int


def count_rows(counts: Mapping[str, Any], *, depth: int = 0) -> Iterator[CountRow]:
    """A job's result, flattened in its own order; a group is a row without a value, followed by its members."""
    for name, value in counts.items():
        label = name.replace("_", " ")
        if isinstance(value, Mapping):
            yield CountRow(label, None, depth)
            yield from count_rows(value, depth=depth + 1)
        else:
            yield CountRow(label, value, depth)


OUTCOMES = ("created", "updated", "unchanged", "missing", "retired", "restored")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Groups of a result that count alike, as one table: a row for each group, None where it has no such figure."""

    columns: list[str]
    rows: list[tuple[str, list[Any]]]


def matrix(counts: Mapping[str, Any]) -> Matrix | None:
    """The groups that share two names or more with another group; None when there are none."""
    alike = _alike(counts)
    if not alike:
        return None
    names = sorted(set().union(*alike.values()), key=lambda name: (_place(name), name))
    rows = [(group.replace("_", " "), [figures.get(name) for name in names]) for group, figures in alike.items()]
    return Matrix([name.replace("_", " ") for name in names], rows)


def beside_matrix(counts: Mapping[str, Any]) -> dict[str, Any]:
    """What of a result is not in its matrix."""
    alike = _alike(counts)
    return {name: value for name, value in counts.items() if name not in alike}


def _alike(counts: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    groups = {name: value for name, value in counts.items() if isinstance(value, Mapping)}
    return {
        name: group
        for name, group in groups.items()
        if any(len(group.keys() & other.keys()) > 1 for other in groups.values() if other is not group)
    }


def _place(outcome: str) -> int:
    return OUTCOMES.index(outcome) if outcome in OUTCOMES else len(OUTCOMES)


def in_short(counts: Mapping[str, Any] | None, *, figures: int = 4) -> str:
    """The first figures of a result that are not nought, of a group its largest: "works created 1,873 · deleted 12"."""
    if not counts:
        return ""
    largest = (_largest(name.replace("_", " "), value) for name, value in counts.items())
    found = [f"{name} {plain(value)}" for name, value in largest if value not in NOTHING]
    return " · ".join(found[:figures]) or _("nothing to do")


NOTHING: tuple[object, ...] = (None, 0, "", [], {})


def _largest(name: str, value: Any) -> tuple[str, Any]:
    if not isinstance(value, Mapping):
        return name, value
    figures = {key: figure for key, figure in value.items() if isinstance(figure, int | float)}
    top = max(figures, key=figures.__getitem__, default=None)
    return (name, None) if top is None else (f"{name} {top.replace('_', ' ')}", figures[top])


def plain(value: Any) -> str:
    """A figure with its thousands apart, anything else as it is."""
    return f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A piece of a reject's key: an item to link to, and the text that follows it."""

    qid: str
    rest: str


def key_parts(key: str) -> list[KeyPart]:
    """The items in a reject's key: "Q1>Q2" is Q1, " → ", Q2; what follows a # is the value and stays text."""
    items, _hash, value = key.partition("#")
    parts = items.split(">")
    rests = [" → "] * (len(parts) - 1) + [f" {value}" if value else ""]
    return [
        KeyPart(part, rest) if re.fullmatch(r"Q[0-9]+", part) else KeyPart("", part + rest)
        for part, rest in zip(parts, rests, strict=True)
    ]


def gist(payload: Mapping[str, Any], *, length: int = 90) -> str:
    """What a reject is about in one line: the two sides of a pair, or a name and the value it was given."""
    if "screen" in payload and "source" in payload:
        said = " → ".join(_named(payload[side]) for side in ("screen", "source"))
    else:
        said = ": ".join(str(text) for text in (_named(payload), payload.get("value")) if text)
    return said if len(said) <= length else f"{said[: length - 1]}…"


def _named(side: Mapping[str, Any]) -> str:
    return str(side.get("name") or side.get("item") or _("without a name"))


def value(of_field: Any) -> str:
    """A value of an entry's field in a line; a dash for none."""
    if isinstance(of_field, list | tuple):
        return ", ".join(map(str, of_field)) or "–"
    return "–" if of_field in (None, "") else str(of_field)


VERDICTS = {
    "succeeded": (gettext_lazy("It ran"), "succeeded"),
    "failed": (gettext_lazy("It ran, and failed"), "failed"),
    "cancelled": (gettext_lazy("It was cancelled"), "cancelled"),
    "queued": (gettext_lazy("It is queued"), "queued"),
    "running": (gettext_lazy("It is running"), "running"),
    "waiting": (gettext_lazy("It waits for its retry"), "waiting"),
    "asking": (gettext_lazy("It waits for an answer"), "asking"),
    "paused": (gettext_lazy("It was paused"), "skipped"),
    "missed": (gettext_lazy("It was missed"), "failed"),
    "overlap": (gettext_lazy("Another run was still going"), "skipped"),
    "expired": (gettext_lazy("No worker took it in time"), "failed"),
    "skipped": (gettext_lazy("It was skipped"), "skipped"),
    "never_due": (gettext_lazy("It was not due"), "none"),
    "to_come": (gettext_lazy("It is still to come"), "queued"),
    "left_out": (gettext_lazy("Beat leaves it out"), "failed"),
    "edited": (gettext_lazy("Its rule was another one"), "none"),
    "made_later": (gettext_lazy("It was not there yet"), "none"),
    "no_leader": (gettext_lazy("No beat leads"), "failed"),
    "not_yet": (gettext_lazy("It is about to be written"), "queued"),
    "fired_once": (gettext_lazy("It ran once, as it was to"), "succeeded"),
    "forgotten": (gettext_lazy("That is not kept any more"), "none"),
    "deleted": (gettext_lazy("The schedule is gone"), "none"),
    "unknown": (gettext_lazy("No row tells of it"), "failed"),
}
"""What became of a tick (`explaining.VERDICTS`): in words, and as which of the states it looks."""
