"""Moments as people type them: 2026-11-24T02:00Z, 2026-11-24 02:00, 2026-11-24, 02:00, now."""

from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext as _

YEARS = range(1970, 2200)


class NoMoment(ValueError):
    """A text that is no moment; the message shows how one is written."""

    def __init__(self, text: str) -> None:
        super().__init__(_("%(text)r is no moment. Write 2026-11-24T02:00Z, 2026-11-24 or 02:00.") % {"text": text})


def moment_of(text: str, *, now: datetime) -> datetime:
    """The moment in UTC. Without a zone it is UTC; a time alone is the last one of that name. Raises NoMoment."""
    said = text.strip()
    if said.lower() in {"", "now"}:
        return now
    try:
        found = _last(time.fromisoformat(said), now) if ":" in said[:3] else _aware(datetime.fromisoformat(said))
    except (ValueError, OverflowError):
        raise NoMoment(text) from None
    if found.year not in YEARS:
        raise NoMoment(text)
    return found


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _last(at: time, now: datetime) -> datetime:
    today = _aware(datetime.combine(now.astimezone(UTC).date(), at))
    return today if today <= now else today - timedelta(days=1)
