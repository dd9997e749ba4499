"""Twenty of the core's random histories once more, on PostgreSQL: row by row what the store in memory comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import count

import pytest
from django.db import connection
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling.core.engine import Outcome, Written
from adaptapedia.scheduling.core.memory import MemoryStore, Row
from adaptapedia.scheduling.core.policies import offset_of
from adaptapedia.scheduling.core.reckoning import Plan
from adaptapedia.scheduling.core.rules import Clocked, Crontab, Interval, Rule
from adaptapedia.scheduling.core.simulation import Add, Edit, Event, Stop, World
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from adaptapedia.scheduling.store import PostgresStore
from tests.unit.scheduling.core.histories import NAMES, OFFSETS, History, twenty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs", "virtual_clock")]

JITTERS = {(name, offset_of(name, 2 * offset)): 2 * offset for name in NAMES for offset in OFFSETS}
"""Of a schedule, by what is made of it: each history's offset stands for one."""
VIRTUAL = """
    CREATE SCHEMA virtual;
    CREATE FUNCTION virtual.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT current_setting('virtual.now')::timestamptz $$;
    SET search_path = virtual, public, pg_catalog;
"""


@pytest.fixture
def virtual_clock(transactional_db: None) -> Iterator[None]:
    """Let the triggers of this connection go by the histories' clock."""
    with connection.cursor() as cursor:
        cursor.execute(VIRTUAL)
        yield
        cursor.execute("SET search_path TO DEFAULT; DROP SCHEMA virtual CASCADE")


class Mirrored(MemoryStore):
    """A store in memory that does all it does on PostgreSQL too, and finds the same there."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.pks: dict[int, int] = {}
        self.told_ticks: list[tuple[str, datetime]] = []
        self.told_gaps: list[tuple[str, datetime, datetime, int, str]] = []
        self._edits = count()
        self._rules: dict[Rule, dict[str, object]] = {}
        self._session: Session | None = None

    def take_over(self) -> int:
        self.close()
        self._session = Session("history")
        assert wait_until(self._session.try_to_lead, seconds=60), "who led before has ended"
        return super().take_over()

    def add(self, name: str, plan: Plan) -> Row:
        self._set_clock()
        row = super().add(name, plan)
        given = {"name": name, "task": "sample_count", "enabled": plan.enabled, **self._columns(plan)}
        (made,) = PeriodicTask.objects.bulk_create([PeriodicTask(**given)])
        self.pks[row.id] = made.pk
        self._set_companion(row)
        return row

    def edit(self, row: Row, plan: Plan) -> None:
        self._set_clock()
        super().edit(row, plan)
        told = {"enabled": plan.enabled, "kwargs": f'{{"edit": {next(self._edits)}}}', **self._columns(plan)}
        PeriodicTask.objects.filter(pk=self.pks[row.id]).update(**told)
        self._set_companion(row)

    def remove(self, row: Row) -> None:
        PeriodicTask.objects.filter(pk=self.pks.pop(row.id)).delete()
        super().remove(row)

    def write(self, epoch: int, outcomes: Sequence[Outcome]) -> list[Written]:
        gaps = len(self.gaps)
        written = super().write(epoch, outcomes)
        assert self._session is not None
        batch = PostgresStore(self._session).write_due(now=self.moment)
        ticks = [(self.rows[id].name, due_at) for id, due_at in written]
        assert sorted(message.schedule_name for message in batch.messages) == sorted(name for name, _ in ticks)
        self.told_ticks += ticks
        self.told_gaps += [
            (self.rows[id].name, gap.first, gap.last, gap.ticks, gap.reason) for id, gap in self.gaps[gaps:]
        ]
        for outcome in outcomes:
            self._compare(self.rows[outcome.id])
        return written

    def close(self) -> None:
        if self._session is not None:
            self._session.resign()

    def _compare(self, row: Row) -> None:
        companion = ScheduleCompanion.objects.get(schedule_id=self.pks[row.id])
        assert companion.next_due_at == row.mark.next_due
        assert companion.fires_at == row.fires_at
        assert (companion.edited_at is None) == (row.mark.edited_at is None)
        assert (companion.paused_at is None) == (row.mark.paused_at is None)
        untils = {datetime.fromisoformat(former["until"]) for former in companion.formers}
        assert untils == {former.until for former in row.mark.formers}

    def _set_clock(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('virtual.now', %s, false)", [self.moment.isoformat()])

    def _set_companion(self, row: Row) -> None:
        """What triggers do not know: the policies, and for an interval whence the history counts."""
        plan = row.plan
        said = {"missed": plan.missed, "missed_bound": plan.missed_bound, "jitter": JITTERS[row.name, plan.offset]}
        if isinstance(plan.rule, Interval):
            said["anchor_at"] = plan.rule.anchor
        if isinstance(plan.rule, Crontab):
            said["days"] = plan.rule.days
        ScheduleCompanion.objects.filter(schedule_id=self.pks[row.id]).update(**said)

    def _columns(self, plan: Plan) -> dict[str, object]:
        """What the row of a schedule says of its rule and its time."""
        if plan.rule not in self._rules:
            self._rules[plan.rule] = columns_of(plan.rule)
        return {"start_time": plan.starts, "expires": plan.expires, **self._rules[plan.rule]}


def columns_of(rule: Rule) -> dict[str, object]:
    """Which rule a schedule has, the rule being made. Past the checks of models, which no SQL makes either."""
    none: dict[str, object] = {"crontab": None, "interval": None, "clocked": None}
    match rule:
        case Crontab():
            names = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
            fields = {name: getattr(rule, name) for name in names}
            return {**none, "crontab": CrontabSchedule.objects.create(**fields, timezone=rule.zone.key)}
        case Interval():
            every = int(rule.every.total_seconds())
            return {**none, "interval": IntervalSchedule.objects.get_or_create(every=every, period="seconds")[0]}
        case Clocked():
            return {**none, "clocked": ClockedSchedule.objects.create(clocked_time=rule.at)}


def as_rows_say(event: Event) -> Event:
    """The event with a plan that a row can say, and with a hang between two steps: here one is one transaction.

    A row tells an interval's beginning by its start time, and its offset is made from its name and its jitter.
    """
    if isinstance(event, Stop):
        return replace(event, amid=False)
    if not isinstance(event, Add | Edit):
        return event
    plan = event.plan
    if isinstance(plan.rule, Interval):
        starts = plan.starts or (plan.rule.anchor if plan.rule.from_anchor else None)
        rule = Interval(plan.rule.every, starts or plan.rule.anchor, from_anchor=starts is not None)
        plan = replace(plan, rule=rule, starts=starts)
    return replace(event, plan=replace(plan, offset=offset_of(event.name, 2 * plan.offset)))


@cache
def histories() -> list[History]:
    return twenty()


@pytest.mark.parametrize("number", range(20))
def test_a_history_comes_to_the_same_on_postgresql(number: int) -> None:
    history = histories()[number]
    store = Mirrored(history.begin)
    world = World(history.begin, beats=history.beats, store=store)
    try:
        for event in map(as_rows_say, history.events):
            [*world.advance(event.at), *world.apply(event)]
        [*world.advance(history.end)]
    finally:
        store.close()
    runs = [*JobRun.objects.filter(state=JobRun.State.QUEUED).values_list("schedule_name", "due_at")]
    gaps = [
        (run.schedule_name, run.due_at, run.due_until or run.due_at, run.ticks, run.reason)
        for run in JobRun.objects.filter(state=JobRun.State.SKIPPED)
    ]
    assert sorted(runs) == sorted(store.told_ticks)
    assert sorted(gaps) == sorted(store.told_gaps)
