"""What all schedules would have fired in some time, under the engine's own rules and a virtual clock."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.core import simulation
from adaptapedia.scheduling.core.reckoning import Plan
from adaptapedia.scheduling.core.rules import BadRule, Crontab, zone_named
from adaptapedia.scheduling.core.simulation import Edit, Pause, Record, Resume
from adaptapedia.scheduling.moments import moment_of
from adaptapedia.scheduling.plans import CRON_FIELDS, Schedule
from adaptapedia.scheduling.previewing import zone_of
from adaptapedia.scheduling.queries import RULES
from adaptapedia.scheduling.reckonable import reckonable
from adaptapedia.scheduling.terms import registry

WHAT = 'pause, resume or cron="0 3 * * *", with a zone as a sixth field where it is not the schedule\'s'


class CannotSimulate(ValueError):
    """What was asked for cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The schedules that a simulation begins with, and why some are left out of it."""

    plans: Mapping[str, Plan]
    faults: Mapping[str, str]


def standing_rows() -> Standing:
    """The schedules as their rows stand."""
    rows = PeriodicTask.objects.select_related(*RULES).order_by("name")
    return _standing(Schedule.of(row) for row in rows)


def standing_code() -> Standing:
    """The schedules as the code says, whatever stands in the rows."""
    specs = sorted(registry.values(), key=lambda spec: spec.name)
    return _standing(
        Schedule(id=0, name=spec.name, task=spec.task, cron=(*spec.cron.split(), spec.zone)) for spec in specs
    )


def simulate(standing: Standing, begin: datetime, end: datetime, *, edits: Iterable[str] = ()) -> Iterator[Record]:
    """What would be fired, and what would be skipped together, later than `begin` and until `end`, in order.

    An edit is text: NAME AT WHAT, quoted as in a shell. Raises CannotSimulate, NoMoment and BadRule.
    """
    if begin >= end:
        raise CannotSimulate(_("It would begin after its end."))
    events = [_event(text, standing.plans, now=begin) for text in edits]
    return simulation.simulate(standing.plans, begin, end, events)


def _standing(schedules: Iterable[Schedule]) -> Standing:
    plans: dict[str, Plan] = {}
    faults: dict[str, str] = {}
    for schedule in schedules:
        try:
            plans[schedule.name] = reckonable(schedule)
        except BadRule as error:
            faults[schedule.name] = str(error)
    return Standing(plans, faults)


def _event(text: str, plans: Mapping[str, Plan], *, now: datetime) -> Edit | Pause | Resume:
    try:
        name, when, what = shlex.split(text)
    except ValueError:
        said = _("%(text)r is no edit. Write NAME AT WHAT, WHAT being %(what)s.") % {"text": text, "what": WHAT}
        raise CannotSimulate(said) from None
    if name not in plans:
        raise CannotSimulate(_("There is no schedule %(name)r to edit.") % {"name": name})
    at = moment_of(when, now=now)
    if what in {"pause", "resume"}:
        return Pause(at, name) if what == "pause" else Resume(at, name)
    kind, _sign, cron = what.partition("=")
    if kind != "cron":
        raise CannotSimulate(_("%(said)r is no edit: it is %(what)s.") % {"said": what, "what": WHAT})
    return Edit(at, name, replace(plans[name], rule=_crontab(cron, plans[name])))


def _crontab(cron: str, plan: Plan) -> Crontab:
    fields = cron.split()
    if len(fields) not in {5, 6}:
        raise CannotSimulate(_("%(cron)r is no crontab: it has five fields, and perhaps a zone.") % {"cron": cron})
    zone = zone_named(fields[5]) if len(fields) == 6 else zone_of(plan)
    return Crontab(**dict(zip(CRON_FIELDS, fields[:5], strict=True)), zone=zone)
