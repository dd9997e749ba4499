"""Rows as the core sees them: the rule, the policies and the place in time of a schedule."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self, TypeVar

from celery import current_app
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.core.policies import Missed, Overlap, Policies, offset_of
from adaptapedia.scheduling.core.reckoning import Mark, Plan
from adaptapedia.scheduling.core.rules import BadRule, Clocked, Crontab, Interval, Rule, zone_named
from adaptapedia.scheduling.formers import formers_of
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.terms import SECOND, JobSpec, spec_for

T = TypeVar("T", list[Any], dict[str, Any])

POLICIES = (
    *("missed", "missed_bound", "overlap", "jitter", "soft_limit", "hard_limit", "retries", "retry_after"),
    *("backoff", "backoff_max"),
)
"""Of a companion and of a `JobSpec`, by the same names; empty in the row means the job's."""
VISIBILITY_TIMEOUT = 3600
"""Kombu's own, in seconds, when the settings name none (kombu.transport.redis)."""
SHOWN = 100
"""Characters of a row's JSON in the sentence that says what is wrong with it."""
CRON_FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule's row with its rule's and its companion's, read in one go (`store`) or off the models.

    What follows from the row is worked out once: ten thousand may be due together.
    """

    id: int
    name: str
    task: str
    enabled: bool = True
    one_off: bool = False
    start_time: datetime | None = None
    expires: datetime | None = None
    expire_seconds: int | None = None
    args: str = "[]"
    kwargs: str = "{}"
    queue: str | None = None
    exchange: str | None = None
    routing_key: str | None = None
    headers: str = "{}"
    priority: int | None = None
    cron: tuple[str, ...] | None = None
    """The five fields, then the zone."""
    every: int | None = None
    period: str | None = None
    clocked_time: datetime | None = None
    solar_id: int | None = None
    days: str = ""
    next_due_at: datetime | None = None
    fires_at: datetime | None = None
    edited_at: datetime | None = None
    paused_at: datetime | None = None
    anchor_at: datetime | None = None
    formers: Sequence[Mapping[str, Any]] = ()
    fault: str = ""
    policies: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, row: PeriodicTask) -> Self:
        """Off the models; select_related(*queries.RULES) saves a query each."""
        companion, rule = companion_of(row), row.crontab
        simple = {name: getattr(row, name) for name in _SIMPLE}
        placed = {name: getattr(companion, name) for name in _PLACED}
        return cls(
            **simple,
            **placed,
            cron=rule and (*(getattr(rule, name) for name in CRON_FIELDS), str(rule.timezone)),
            every=row.interval and row.interval.every,
            period=row.interval and row.interval.period,
            clocked_time=row.clocked and row.clocked.clocked_time,
            policies={name: getattr(companion, name) for name in POLICIES},
        )

    @cached_property
    def spec(self) -> JobSpec:
        return spec_for(self.task)

    @cached_property
    def terms(self) -> Policies:
        """The policies that hold for it. Raises BadRule."""
        return policies_of(self.spec, self.policies)

    @property
    def rule(self) -> Rule:
        """Raises BadRule for what cannot be reckoned."""
        if self.cron is not None:
            *fields, zone = self.cron
            named = dict(zip(CRON_FIELDS, fields, strict=True))
            return Crontab(**named, zone=zone_named(zone), days=self.days or self.spec.days)
        if self.every is not None and self.period is not None:
            anchor = self.start_time or self.anchor_at
            if anchor is None:
                raise BadRule("its interval has no time to count from yet")
            return Interval(_span(self.every, self.period), anchor, from_anchor=self.start_time is not None)
        if self.clocked_time is not None:
            return Clocked(self.clocked_time)
        if self.solar_id is not None:
            raise BadRule("solar schedules are not supported: give it a crontab, an interval or a clocked time")
        raise BadRule("it has neither a crontab nor an interval nor a clocked time")

    @property
    def mark(self) -> Mark:
        return Mark(self.next_due_at, self.edited_at, formers_of(self), self.paused_at, self.fault)

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """What it gives its task, as `JobRun.arguments`. Raises BadRule when it is no such JSON."""
        return {"args": given("args", self.args, list), "kwargs": given("kwargs", self.kwargs, dict)}

    @cached_property
    def options(self) -> dict[str, Any]:
        """What its messages say beside that, as `JobRun.options`. Raises BadRule."""
        named = {name: getattr(self, name) for name in ("exchange", "routing_key", "priority")}
        said = {name: value for name, value in named.items() if value is not None}
        headers = given("headers", self.headers, dict)
        limits = {"soft_limit": self.terms.soft_limit, "hard_limit": self.terms.hard_limit}
        return {
            **said,
            **({"headers": headers} if headers else {}),
            **{name: span.total_seconds() for name, span in limits.items() if span is not None},
        }


_SIMPLE = (
    *("id", "name", "task", "enabled", "one_off", "start_time", "expires", "expire_seconds", "args", "kwargs", "queue"),
    *("exchange", "routing_key", "headers", "priority", "solar_id"),
)
_PLACED = ("days", "next_due_at", "fires_at", "edited_at", "paused_at", "anchor_at", "formers", "fault")


def companion_of(schedule: PeriodicTask) -> ScheduleCompanion:
    """Its companion; where SQL has deleted that, one of the kind that beat gives it within a minute, and not stored."""
    stored: ScheduleCompanion | None = getattr(schedule, "companion", None)
    return stored or ScheduleCompanion(
        schedule_id=schedule.pk,
        edited_at=timezone.now(),
        anchor_at=schedule.last_run_at or schedule.date_changed,
        **dict.fromkeys(("days", "missed", "overlap", "fault"), ""),  # a `db_default` is known to the database alone
    )


def rule_of(spec: JobSpec) -> Crontab:
    """The rule that a job states. Raises BadRule."""
    fields = spec.cron.split()
    if len(fields) != len(CRON_FIELDS):
        raise BadRule(f"a crontab has five fields, not {len(fields)}")
    return Crontab(**dict(zip(CRON_FIELDS, fields, strict=True)), zone=zone_named(spec.zone), days=spec.days)


def plan_of(schedule: PeriodicTask | Schedule) -> Plan:
    """When it is due and what becomes of ticks that were missed. Raises BadRule, with a sentence."""
    row = schedule if isinstance(schedule, Schedule) else Schedule.of(schedule)
    return Plan(
        rule=row.rule,
        starts=row.start_time,
        expires=row.expires,
        one_off=row.one_off,
        enabled=row.enabled,
        missed=row.terms.missed,
        missed_bound=row.terms.missed_bound,
        offset=offset_of(row.name, row.terms.jitter),
    )


def policies_of(spec: JobSpec, companion: ScheduleCompanion | Mapping[str, Any] | None) -> Policies:
    """The policies of a schedule: what its row says, else what its job says, else the defaults."""
    says = {name: getattr(spec, name) for name in POLICIES}
    if companion is not None:
        own = companion if isinstance(companion, Mapping) else {name: getattr(companion, name) for name in POLICIES}
        says |= {name: value for name, value in own.items() if value not in (None, "")}
    says = {name: value for name, value in says.items() if value is not None}
    try:
        says |= {"missed": Missed(says["missed"]), "overlap": Overlap(says["overlap"])}
    except ValueError as error:
        raise BadRule(f"a policy that nobody knows: {error}") from None
    return Policies(**says, expires=spec.expires)


def queue_of(row: Schedule) -> str:
    """The row's own queue, else the job's, else where Celery would send the task."""
    if row.queue or row.spec.queue:
        return row.queue or row.spec.queue
    routed = current_app.amqp.router.route({}, row.task).get("queue")
    return str(getattr(routed, "name", routed or current_app.conf.task_default_queue))


def given(name: str, text: str | None, kind: type[T]) -> T:
    """A list or an object that a row holds as JSON, empty when it holds none.

    Raises BadRule for anything else, and for what PostgreSQL's jsonb does not take: NUL, lone surrogates, NaN.
    """
    word = "list" if kind is list else "object"
    try:
        value = json.loads(text) if text else kind()
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        storable = all("\0" not in said for said in _strings(value))
    except (ValueError, RecursionError):
        raise BadRule(f"its {name} are no JSON that can be stored: {_shown(text)}") from None
    if not isinstance(value, kind) or not storable:
        raise BadRule(f"its {name} are no JSON {word} that can be stored: {_shown(text)}")
    return value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from _strings(held)
    elif isinstance(value, list):
        for held in value:
            yield from _strings(held)


def _shown(text: str | None) -> str:
    return repr(text[:SHOWN]) + ("…" if len(text) > SHOWN else "") if text else ""


def _span(every: int, period: str) -> timedelta:
    """Raises BadRule for one that is shorter than a second, or longer than can be told."""
    try:
        span = timedelta(**{period: every})
    except (OverflowError, TypeError):
        raise BadRule(f"its interval cannot be reckoned with: every {every} {period}") from None
    if span < SECOND:
        raise BadRule(f"its interval is shorter than a second: every {every} {period}")
    return span


def visibility() -> timedelta:
    """After so long the broker hands a message out again that nobody has acknowledged."""
    return timedelta(seconds=current_app.conf.broker_transport_options.get("visibility_timeout", VISIBILITY_TIMEOUT))
