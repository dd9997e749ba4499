"""What an operator should know first: each trouble a sentence, with the next thing to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from adaptapedia.ops.legs import Leg, State
from adaptapedia.ops.words import distance, span
from adaptapedia.scheduling import models
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import ScheduleRow
from adaptapedia.scheduling.timing import timing
from adaptapedia.scheduling.watchdog.judging import Kind, key_of

UNTAKEN_AFTER = timedelta(seconds=40)


@dataclass(frozen=True, slots=True)
class Trouble:
    text: str
    remedy: str
    href: str = ""
    key: str = ""
    """Of the watchdog's trouble that says the same (`judging.key_of`), where there may be one."""


def troubles(
    parts: Iterable[Leg],
    *,
    open_runs: Iterable[JobRun],
    schedules: Iterable[ScheduleRow],
    noted: Iterable[models.Trouble] = (),
    now: datetime,
) -> list[Trouble]:
    """The parts that do not answer, runs that ask, schedules that beat leaves out, what the watchdog has noted, runs
    that nobody takes, schedules whose last run went wrong. What is seen here is not told once more as noted."""
    pressing = [*_asking(open_runs), *_left_out(schedules)]
    others = [*_untaken(open_runs, now), *_failing(schedules, now)]
    told = {one.key for one in (*pressing, *others)}
    unseen = [one for one in noted if one.key not in told]
    return [*_silent(parts), *pressing, *_noted(unseen, now), *others]


def open_troubles() -> list[models.Trouble]:
    """What the watchdog has found wrong and not yet right again, the newest first."""
    return list(models.Trouble.objects.filter(ended_at=None)[:20])


def _left_out(schedules: Iterable[ScheduleRow]) -> Iterator[Trouble]:
    for schedule in schedules:
        if schedule.fault:
            text = _("Beat leaves %(name)s out: %(fault)s.")
            said = text % {"name": schedule.name, "fault": schedule.fault.rstrip(".")}
            address = reverse("ops:schedule", args=[schedule.name])
            yield Trouble(said, _("Mend its row."), address, key_of(Kind.UNPLANNED, schedule.name))


def _noted(noted: Iterable[models.Trouble], now: datetime) -> Iterator[Trouble]:
    for one in noted:
        name = f"{one.schedule_name}: " if one.schedule_name else ""
        text = _("%(name)s%(seen)s, since %(time)s; expected was %(expected)s.")
        told = {"seen": one.seen.rstrip("."), "expected": one.expected.rstrip("."), "time": span(now - one.began_at)}
        yield Trouble(text % {"name": name, **told}, "", one.page)


def _silent(parts: Iterable[Leg]) -> Iterator[Trouble]:
    for leg in parts:
        if leg.state is not State.WELL:
            yield Trouble(f"{leg.name}: {leg.detail}.", leg.remedy)


def _asking(open_runs: Iterable[JobRun]) -> Iterator[Trouble]:
    for run in open_runs:
        if run.state == JobRun.State.ASKING and run.question:
            text = _("%(name)s asks: %(question)s") % {"name": run.schedule_name, "question": run.question["text"]}
            key = key_of(Kind.ASKING, run.schedule_name)
            yield Trouble(text, _("Tell it how to go on."), _address(run), key)


def _untaken(open_runs: Iterable[JobRun], now: datetime) -> Iterator[Trouble]:
    for run in open_runs:
        if (silence := silent_for(run, now)) is not None:
            text = _("The worker of %(name)s has been silent for %(time)s.")
            said = text % {"name": run.schedule_name, "time": span(silence)}
            yield Trouble(said, _("Beat hands the run to another one."), _address(run))
        if (waited := untaken_for(run, now)) is not None:
            text = _("No worker has taken %(name)s for %(time)s.") % {"name": run.schedule_name, "time": span(waited)}
            key = key_of(Kind.UNTAKEN, run.queue)
            yield Trouble(text, _("Is “make up” running?"), _address(run), key)


def _failing(schedules: Iterable[ScheduleRow], now: datetime) -> Iterator[Trouble]:
    for schedule in schedules:
        run = schedule.last_run
        if run is not None and run.state == JobRun.State.WAITING and run.next_attempt_at:
            said = {"attempt": run.attempt, "name": schedule.name, "when": distance(run.next_attempt_at, now=now)}
            yield Trouble(
                _("Attempt %(attempt)d of %(name)s failed; the next is %(when)s.") % said,
                _("Read why, or try it now."),
                _address(run),
            )
        elif run is not None and run.is_suspicious:
            text = _("The last run of %(name)s is not as usual: %(why)s") % {
                "name": schedule.name,
                "why": run.suspicion.rstrip("."),
            }
            key = key_of(Kind.UNUSUAL, schedule.name)
            yield Trouble(f"{text}.", _("See what it did before you trust it."), _address(run), key)
        elif run is not None and run.state == JobRun.State.FAILED:
            text, key = _("The last run of %s failed.") % schedule.name, key_of(Kind.FAILED, schedule.name)
            yield Trouble(text, _("Read why, and run it again."), _address(run), key)


def untaken_for(run: JobRun, now: datetime) -> timedelta | None:
    """How long a run has been queued without a worker taking it; None while that is no cause for worry."""
    if run.state != JobRun.State.QUEUED or run.behind is not None:
        return None
    waited = now - (run.next_attempt_at or run.sent_at or run.created_at)
    return waited if waited >= UNTAKEN_AFTER else None


def silent_for(run: JobRun, now: datetime) -> timedelta | None:
    """How long a running attempt has shown no sign of life; None while that is no cause for worry."""
    if run.state != JobRun.State.RUNNING or run.heartbeat_at is None:
        return None
    silence = now - run.heartbeat_at
    return silence if silence >= timing().lost_after else None


def _address(run: JobRun) -> str:
    return reverse("ops:run", args=[run.pk])
