"""The beats and workers that show that they live, and which beat leads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from adaptapedia.ops.words import span
from adaptapedia.scheduling.models import Lease, Presence
from adaptapedia.scheduling.presence import SILENT_AFTER

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A beat or a worker: its name, what it does, for how long, and whether it has gone."""

    name: str
    what: str
    detail: str
    gone: bool


def processes(now: datetime) -> list[Process]:
    """Those seen within a day, beats first, by name. Two queries."""
    lease = Lease.objects.first()
    leader = lease.holder if lease else ""
    seen = Presence.objects.filter(seen_at__gte=now - FORGOTTEN_AFTER).order_by("kind", "name")
    return [_process(one, now, leads=one.name == leader) for one in seen]


def _process(one: Presence, now: datetime, *, leads: bool) -> Process:
    silence = now - one.seen_at
    gone = silence > SILENT_AFTER
    if gone:
        detail = _("gone: last seen %(time)s ago") % {"time": span(silence)}
    else:
        detail = _("for %(time)s") % {"time": span(now - one.since)}
    return Process(one.name, _what(one, leads=leads and not gone), detail, gone)


def _what(one: Presence, *, leads: bool) -> str:
    if one.kind == Presence.Kind.BEAT:
        return _("beat, which leads") if leads else _("beat, standing by")
    return _("worker of %(queues)s") % {"queues": ", ".join(map(str, one.queues)) or "–"}
