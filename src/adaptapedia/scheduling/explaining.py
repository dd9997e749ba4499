"""Why did it not run? What became of the tick nearest before a moment, told in sentences out of the rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling import outcomes, queries
from adaptapedia.scheduling.actions import UnknownSchedule
from adaptapedia.scheduling.changing import Edit, edits_of, paused_by
from adaptapedia.scheduling.core.reckoning import Plan
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.models import JobRun, Lease, ScheduleCompanion, Trouble
from adaptapedia.scheduling.naming import names_around
from adaptapedia.scheduling.plans import companion_of
from adaptapedia.scheduling.previewing import zone_of
from adaptapedia.scheduling.reckonable import reckonable
from adaptapedia.scheduling.wording import in_utc, sentence

ON_TIME = timedelta(seconds=60)
"""A tick within this time before the moment is what was meant by it."""
LEADS = timedelta(seconds=10)
"""A leader that has not renewed its lease for so long does not lead."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of the tick nearest before a moment. `verdict` is one of `VERDICTS`, for programs."""

    name: str
    at: datetime
    verdict: str
    sentences: tuple[str, ...]
    tick: datetime | None
    """None when it was not due until then."""
    run: JobRun | None
    """The row of that tick: its run, or that of the gap that covers it."""
    before: datetime | None
    after: datetime | None
    """The ticks around the moment, by the rule as it stands."""


VERDICTS = (
    *("succeeded", "failed", "cancelled", "queued", "running", "waiting", "asking"),
    *("paused", "missed", "overlap", "expired", "skipped"),
    *("never_due", "to_come", "left_out", "edited", "made_later", "no_leader", "not_yet", "fired_once", "forgotten"),
    *("deleted", "unknown"),
)
"""What became of a tick: the state of its run, why it was skipped, or why there is no row of it."""


def explain(name: str, *, at: datetime, now: datetime) -> Explanation:
    """What became of the tick nearest before `at`, and why. Raises UnknownSchedule when nobody knows the name."""
    schedule = PeriodicTask.objects.filter(name=name).select_related(*queries.RULES).first()
    if schedule is None:
        return _of_the_deleted(name, at)
    case = _Case(schedule, at, now)
    verdict, said = _verdict(case)
    sentences = (*_when(case), *said, *_besides(case, verdict))
    return Explanation(name, at, verdict, sentences, case.tick, case.run, case.before, case.after)


@dataclass
class _Case:
    """A schedule, the moment in question, and what the rows say of both, each asked for once."""

    schedule: PeriodicTask
    at: datetime
    now: datetime
    plan: Plan | None = field(init=False)
    fault: str = field(init=False)

    def __post_init__(self) -> None:
        self.plan, self.fault = None, self.companion.fault
        try:
            self.plan = reckonable(self.schedule)
        except BadRule as error:
            self.fault = self.fault or str(error)

    @cached_property
    def companion(self) -> ScheduleCompanion:
        return companion_of(self.schedule)

    @property
    def zone(self) -> ZoneInfo | None:
        return zone_of(self.plan) if self.plan else None

    def told(self, moment: datetime) -> str:
        return in_utc(moment, self.zone)

    @cached_property
    def before(self) -> datetime | None:
        return self.plan.last_until(self.at) if self.plan else None

    @cached_property
    def after(self) -> datetime | None:
        return self.plan.first_after(self.at) if self.plan else None

    @cached_property
    def last_row(self) -> JobRun | None:
        """The last tick of which there is a row, by whatever rule stood then."""
        ticks = JobRun.objects.filter(schedule=self.schedule, trigger=JobRun.Trigger.TICK, due_at__lte=self.at)
        return ticks.order_by("-due_at").first()

    @cached_property
    def run(self) -> JobRun | None:
        """The row of the tick in question."""
        row = self.last_row
        return row if row and (self.before is None or _last_of(row) >= self.before) else None

    @property
    def tick(self) -> datetime | None:
        """The tick in question: a gap's row covers more than one."""
        if self.run is None or self.run.due_at is None:
            return self.before
        covered = self.before is not None and self.run.due_at <= self.before <= _last_of(self.run)
        return self.before if covered else self.run.due_at

    @cached_property
    def edits(self) -> list[Edit]:
        """What was edited from the tick until now, the newest first."""
        return edits_of(self.schedule, since=self.tick or self.at)

    @cached_property
    def lease(self) -> Lease | None:
        return Lease.objects.first()


def _last_of(row: JobRun) -> datetime:
    last = row.due_until or row.due_at
    assert last is not None
    return last


def _when(case: _Case) -> Iterator[str]:
    """Whether the moment is one of the rule, and which ticks stand around it."""
    rule = queries.when(case.schedule)
    if case.tick is None:
        if not case.fault:
            yield _("It was never due until %(at)s by its rule, %(rule)s.") % {
                "at": case.told(case.at),
                "rule": rule,
            }
    elif case.at - case.tick < ON_TIME:
        yield _("It was due at %(tick)s.") % {"tick": case.told(case.tick)}
    else:
        yield _("It was not due at %(at)s. The tick before that is %(tick)s.") % {
            "at": case.told(case.at),
            "tick": case.told(case.tick),
        }
    if case.after is not None:
        text = _("The next one after that, by the rule as it stands (%(rule)s), is %(tick)s.")
        yield text % {"rule": rule, "tick": case.told(case.after)}
    elif case.plan is not None:
        yield _("After that it is never due again by its rule, %(rule)s.") % {"rule": rule}


def _verdict(case: _Case) -> tuple[str, list[str]]:
    if case.run is not None:
        return outcomes.verdict_of(case.run), [*outcomes.told(case.run, zone=case.zone), *_paused_then(case)]
    if case.tick is None:
        return ("left_out", _left_out(case)) if case.fault else ("never_due", [])
    return next(_without_row(case))


def _paused_then(case: _Case) -> Iterator[str]:
    """Who had paused it, where its row says that it was paused."""
    run = case.run
    if run is None or outcomes.verdict_of(run) != "paused":
        return
    if (edit := paused_by(case.schedule, at=run.finished_at or run.created_at)) is not None:
        yield _("%(who)s paused it at %(when)s.") % {"who": edit.by, "when": case.told(edit.at)}


def _without_row(case: _Case) -> Iterator[tuple[str, list[str]]]:
    """Why no row tells of a tick; the first that holds is why."""
    assert case.tick is not None
    companion, tick = case.companion, case.tick
    if case.tick > case.now:
        yield "to_come", [_("That is still to come.")]
    if made := next((edit for edit in case.edits if edit.made), None):
        said = _("The schedule was made after that, at %(when)s by %(who)s.")
        yield "made_later", [said % {"when": case.told(made.at), "who": made.by}]
    if moved := next((edit for edit in case.edits if edit.moved), None):
        said = _("%(who)s changed its rule after that, at %(when)s (%(what)s). An edit makes no time of the past due.")
        yield "edited", [said % {"who": moved.by, "when": case.told(moved.at), "what": str(moved)}]
    if case.schedule.one_off and not case.schedule.enabled and case.last_row is not None:
        yield "fired_once", [_("It was to run once, and has.")]
    if case.fault:
        yield "left_out", _left_out(case)
    if not case.schedule.enabled:
        yield "paused", [_paused_still(case)]
    if companion.next_due_at is not None and tick >= companion.next_due_at:
        yield _not_written(case)
    if (oldest := queries.oldest_run(case.schedule.name)) is not None and oldest.created_at > tick:
        said = _("The oldest of its runs that is still kept is of %(when)s; what became of those before is not known.")
        yield "forgotten", [said % {"when": case.told(oldest.created_at)}]
    yield (
        "unknown",
        [_("No row tells of it: the schedule was made after that in SQL, or its runs were deleted.")],
    )


def _left_out(case: _Case) -> list[str]:
    return [_("Beat leaves it out until it is mended: %(fault)s") % {"fault": sentence(case.fault)}]


def _paused_still(case: _Case) -> str:
    edit = paused_by(case.schedule, at=case.now)
    since = case.companion.paused_at or (edit.at if edit else None)
    if since is None:
        return _("It is paused. What falls due meanwhile does not run, and is told as a gap once it is resumed.")
    said = _(
        "It has been paused since %(when)s, by %(who)s. What falls due meanwhile does not run, and is told as a gap "
        "once it is resumed."
    )
    return said % {"when": case.told(since), "who": edit.by if edit else _("nobody known")}


def _not_written(case: _Case) -> tuple[str, list[str]]:
    """Why beat has not written a tick that is due and not accounted for."""
    plan, lease = case.plan, case.lease
    assert plan is not None
    assert case.tick is not None
    policy = _("Once there is one, it makes of the ticks that were missed: %(policy)s.") % {
        "policy": outcomes.missed_in_words(plan.missed, plan.missed_bound)
    }
    if lease is None or lease.renewed_at is None:
        return "no_leader", [_("No beat has ever led here. Is one running?"), policy]
    if case.now - lease.renewed_at > LEADS:
        said = _("No beat leads: the last one, %(holder)s, showed its last sign of life at %(when)s.")
        return "no_leader", [said % {"holder": lease.holder, "when": case.told(lease.renewed_at)}, policy]
    if case.tick + plan.offset > case.now:
        said = _("Its runs start up to some time later, so that not all start together (jitter): this one at %(when)s.")
        return "not_yet", [said % {"when": case.told(case.tick + plan.offset)}]
    return "not_yet", [_("The beat %(holder)s leads and has yet to write it.") % {"holder": lease.holder}]


def _besides(case: _Case, verdict: str) -> Iterator[str]:
    """What else one wants to know: later runs of the same due time, edits and troubles since, a pause now."""
    if case.tick is not None and case.run is not None:
        others = JobRun.objects.filter(schedule_name=case.schedule.name, due_at=case.tick).exclude(pk=case.run.pk)
        for other in others.order_by("id")[:3]:
            yield outcomes.told_in_short(other)
        yield from _led_then(case, verdict)
    if case.edits and verdict not in {"edited", "made_later"}:
        said = ngettext(
            "It was edited since: %(last)s.", "It was edited %(count)d times since, last: %(last)s.", len(case.edits)
        )
        last = case.edits[0]
        told = f"{case.told(last.at)}, {last.by}, {last}" if str(last) else f"{case.told(last.at)}, {last.by}"
        yield said % {"count": len(case.edits), "last": told}
    if not case.schedule.enabled and verdict not in {"paused", "fired_once"}:
        yield _paused_still(case)
    if case.fault and verdict != "left_out":
        yield from _left_out(case)
    yield from _troubles_then(case)


def _led_then(case: _Case, verdict: str) -> Iterator[str]:
    """Since when the beat leads that leads now, where a tick was written late and that was after it."""
    if case.run is None or case.tick is None or verdict == "paused":
        return
    late, lease = case.run.created_at - case.tick > ON_TIME, case.lease
    if late and lease and lease.since and lease.since > case.tick:
        said = _("The beat that leads now, %(holder)s, has led since %(when)s.")
        yield said % {"holder": lease.holder, "when": case.told(lease.since)}


def _troubles_then(case: _Case) -> Iterator[str]:
    if case.tick is None:
        return
    open_then = Q(ended_at=None) | Q(ended_at__gte=case.tick)
    about = Q(schedule_name=case.schedule.name) | Q(schedule_name="")
    until = case.tick + timedelta(minutes=10)
    for trouble in Trouble.objects.filter(open_then, about, began_at__lte=until)[:3]:
        said = _("The watchdog noted from %(when)s on: %(seen)s")
        yield said % {"when": case.told(trouble.began_at), "seen": sentence(trouble.seen)}


def _of_the_deleted(name: str, at: datetime) -> Explanation:
    """What the runs of a schedule tell that is no more. Raises UnknownSchedule when there are none."""
    last = queries.runs(name).filter(Q(due_at__lte=at) | Q(due_at=None, created_at__lte=at)).first()
    if last is None and not queries.runs(name).exists():
        raise UnknownSchedule(name, known=names_around(name))
    gone = _("There is no schedule of this name any more.")
    if last is None:
        return Explanation(name, at, "deleted", (gone,), None, None, None, None)
    return Explanation(name, at, "deleted", (gone, *outcomes.told(last)), last.due_at, last, None, None)
