"""Errors and spans of time as people read them, and text as PostgreSQL takes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def in_a_line(error: BaseException) -> str:
    """What kind of error it is, then what it says, in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def in_words(span: timedelta) -> str:
    """A time limit: 90 s, 10 min, 3 h."""
    seconds = span.total_seconds()
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def roughly(span: timedelta) -> str:
    """How long something took or takes, in its two largest units: 8 s, 3 min 20 s, 2 h 5 min, 4 d."""
    left, parts = max(0, round(span.total_seconds())), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        parts.append(f"{count} {unit}" if count else "")
    first = next((place for place, part in enumerate(parts) if part), len(parts) - 1)
    return " ".join(filter(None, parts[first : first + 2])) or "0 s"


def in_utc(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """A moment to the second, in UTC and also in a zone that is another: 2026-03-29 01:00:00 UTC (03:00:00 CEST)."""
    said = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if zone is None or zone.key == "UTC":
        return said
    local = moment.astimezone(zone)
    day = "" if local.date() == moment.astimezone(UTC).date() else f"{local:%Y-%m-%d} "
    return f"{said} ({day}{local:%H:%M:%S %Z})"


def times(count: int) -> str:
    """How often: once, twice, three times."""
    return {1: "once", 2: "twice", 3: "three times"}.get(count, f"{count} times")


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends with something like one."""
    said = text.strip()
    return said if said.endswith((".", "!", "?")) else f"{said}."


def plain(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
