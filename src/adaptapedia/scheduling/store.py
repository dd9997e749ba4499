"""The scheduler's rows in PostgreSQL: what is due is read, reckoned and written in one transaction of the leader."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import accumulate, takewhile
from typing import Any

import psycopg

from adaptapedia.scheduling import tallies
from adaptapedia.scheduling.core.engine import Outcome, Refused, Standing, settle
from adaptapedia.scheduling.core.reckoning import awaited
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.dispatch import Message
from adaptapedia.scheduling.formers import UNRECKONABLE
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.plans import CRON_FIELDS, POLICIES, Schedule, plan_of, queue_of
from adaptapedia.scheduling.wording import in_a_line

log = logging.getLogger(__name__)

BATCH = 1_000
"""Schedules in one transaction."""
MOST_RUNS = 5_000
"""Runs in one transaction, but for those of a single schedule: a leader that is silent for too long loses its lead."""
ON_TIME = timedelta(minutes=1)
"""A tick found later than this was missed: its expiry counts from now on."""


@dataclass(frozen=True, slots=True)
class Glance:
    """How things stand, by the database's clock."""

    now: datetime
    next_at: datetime | None
    edited: bool
    going: bool
    """Whether any run is not over, and so may need care."""

    @property
    def pressing(self) -> bool:
        """Whether there is something to write now."""
        return self.edited or (self.next_at is not None and self.next_at <= self.now)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction has written."""

    messages: list[Message]
    """Of the new runs, to be sent now that their rows are committed."""
    more: bool
    """Whether there may be more to write."""
    found: int = 1
    """Schedules that it has looked at; none when all that are due were held by others."""


class PostgresStore:
    """The rows, through the session of a beat that leads. Every method raises Deposed when it does not any more."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def glance(self) -> Glance:
        """Renew the lease and look whether anything is to be done: one statement, made each second."""
        return Glance(**self._session.renew(returning=_GLANCE))

    def write_due(self, *, limit: int = BATCH, now: datetime | None = None) -> Batch:
        """Write the runs of what is due, skip what was missed or paused, and move every schedule on.

        `now` is the database's, unless a history is replayed. A schedule that somebody is editing right now is
        left for the next round, one that cannot be reckoned, or whose run PostgreSQL does not take, is left out
        until it is mended.
        """
        try:
            with self._session.holding(), _counted(self._session):
                return self._write_batch(limit, now or self._now())
        except psycopg.DataError as error:
            if limit > 1:  # the other half is looked at in the next batch
                return replace(self.write_due(limit=limit // 2, now=now), more=True)
            self._leave_out_the_first(in_a_line(error), now)
            return Batch([], more=True)

    def _write_batch(self, limit: int, now: datetime) -> Batch:
        rows = {row.id: row for row in self._due(now, limit)}
        standings, faults = _standings(rows.values())
        refused: list[Refused] = []
        settled = settle(standings, now, refused=refused)
        outcomes = _as_many_as_fit(settled)
        faults |= {standing.id: str(error) for standing, error in refused}
        offsets = {standing.id: standing.plan.offset for standing in standings}
        _count(outcomes, offsets, now)
        runs = [run for outcome in outcomes for run in _runs(outcome, rows[outcome.id], offsets[outcome.id], now)]
        messages = self._write(runs, rows)
        self._move(outcomes, rows, now)
        faults |= {it.id: _never_due(rows[it.id]) for it in outcomes if _came_too_late(it, rows)}
        self._leave_out(faults, rows)
        return Batch(messages, more=len(rows) == limit or len(outcomes) < len(settled), found=len(rows))

    def _leave_out_the_first(self, fault: str, now: datetime | None) -> None:
        """Leave out the schedule that is next in turn, which cannot even be read."""
        with self._session.holding():
            locked = self._session.execute(_LOCK, {"now": now or self._now(), "limit": 1}).fetchone()
            if locked is not None:
                log.error("Schedule %s is left out until it is mended: %s", locked["schedule_id"], fault)
                left = {"id": locked["schedule_id"], "fault": fault, "next_due_at": None}
                self._session.execute(_FAULT, _columns([left]))

    def mark_sent(self, messages: Sequence[Message]) -> None:
        """Put down that these were sent. A run whose message was sent and not put down is sent again, harmlessly."""
        ids = [message.run_id for message in messages]
        with self._session.holding():
            self._session.execute(_SENT, [ids])

    def adopt(self) -> int:
        """Give every schedule a companion that has lost it; how many. Triggers make them, SQL may delete them."""
        with self._session.holding():
            return self._session.execute(_ADOPT).rowcount

    def look_again(self, *, after: int, limit: int = BATCH) -> int:
        """Have schedules looked at that are left out: a fault may have been one of the code, and mended by a deploy.

        They are those whose id comes after one, but for what somebody is editing right now. The last id of them, to go
        on from; 0 when there are no more.
        """
        with self._session.holding():
            found = self._session.execute(_LOOK_AGAIN, {"after": after, "limit": limit}).fetchall()
        return max(it["schedule_id"] for it in found) if len(found) == limit else 0

    def _now(self) -> datetime:
        found = self._session.execute("SELECT clock_timestamp() AS now").fetchone()
        assert found is not None
        now: datetime = found["now"]
        return now

    def _due(self, now: datetime, limit: int) -> list[Schedule]:
        """Lock first, read then: what was edited until the lock is read, and later edits wait for our commit."""
        locked = self._session.execute(_LOCK, {"now": now, "limit": limit}).fetchall()
        if not locked:
            return []
        found = self._session.execute(_READ, [[it["schedule_id"] for it in locked]]).fetchall()
        return [_schedule(record) for record in found]

    def _write(self, runs: list[dict[str, Any]], rows: dict[int, Schedule]) -> list[Message]:
        written = self._session.execute(_INSERT, _columns(runs)).fetchall() if runs else []
        return [_message(rows[it["schedule_id"]], it["id"]) for it in written if it["state"] == "queued"]

    def _move(self, outcomes: Sequence[Outcome], rows: dict[int, Schedule], now: datetime) -> None:
        if not outcomes:
            return
        moved = [
            {
                "id": outcome.id,
                "next_due_at": outcome.reckoning.mark.next_due,
                "fires_at": outcome.reckoning.fires_at,
                "paused_at": outcome.reckoning.mark.paused_at or (None if rows[outcome.id].enabled else now),
                "formers": json.dumps(_last(rows[outcome.id].formers, len(outcome.reckoning.mark.formers))),
            }
            for outcome in outcomes
        ]
        self._session.execute(_MOVE, _columns(moved))
        fired = [
            {"id": it.id, "fired": len(it.reckoning.fire), "ended": it.reckoning.ended and rows[it.id].one_off}
            for it in outcomes
            if it.reckoning.fire
        ]
        if fired:
            self._session.execute(_COUNT, {**_columns(fired), "now": now})

    def _leave_out(self, faults: dict[int, str], rows: dict[int, Schedule]) -> None:
        for schedule_id, fault in faults.items():
            if fault != rows[schedule_id].fault:
                log.error("Schedule %s is left out until it is mended: %s", rows[schedule_id].name, fault)
        if faults:
            left = [{"id": it, "fault": said, "next_due_at": _awaited(rows[it])} for it, said in faults.items()]
            self._session.execute(_FAULT, _columns(left))


@contextmanager
def _counted(session: Session) -> Iterator[None]:
    """Write what is tallied within, with everything else or not at all."""
    try:
        yield
        tallies.flush(session)
    finally:
        tallies.forget()


def _count(outcomes: Sequence[Outcome], offsets: Mapping[int, timedelta], now: datetime) -> None:
    for outcome in outcomes:
        for due_at in outcome.reckoning.fire:
            tallies.add("scheduling_ticks", outcome="run")
            tallies.observe("scheduling_lateness_seconds", (now - due_at - offsets[outcome.id]).total_seconds())
        for gap in outcome.reckoning.gaps:
            tallies.add("scheduling_ticks", gap.ticks, outcome=gap.reason.partition(":")[0].replace(" ", "_"))


def _as_many_as_fit(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Those, from the first on, whose runs go into one transaction; the others stay due."""
    runs = accumulate(len(outcome.reckoning.fire) for outcome in outcomes)
    fitting = sum(1 for _ in takewhile(lambda total: total <= MOST_RUNS, runs))
    return outcomes[: max(1, fitting)]


def _schedule(record: dict[str, Any]) -> Schedule:
    cron = [record.pop(name) for name in (*CRON_FIELDS, "timezone")]
    policies = {name: record.pop(name) for name in POLICIES}
    return Schedule(**record, cron=tuple(cron) if cron[0] is not None else None, policies=policies)


def _standings(rows: Any) -> tuple[list[Standing], dict[int, str]]:
    standings, faults = [], {}
    for row in rows:
        try:
            _ = row.arguments, row.options
            standings.append(Standing(row.id, row.name, plan_of(row), row.mark))
        except UNRECKONABLE as error:
            faults[row.id] = str(error) if isinstance(error, BadRule) else in_a_line(error)
    return standings, faults


def _awaited(row: Schedule) -> datetime | None:
    """From when on the ticks of a row that is left out are to be told once it is mended, as far as its rule tells."""
    try:
        return awaited(plan_of(row), row.mark)
    except UNRECKONABLE:
        return None


def _last(formers: Sequence[Mapping[str, Any]], how_many: int) -> list[Mapping[str, Any]]:
    return [*formers[len(formers) - how_many :]]


def _came_too_late(outcome: Outcome, rows: dict[int, Schedule]) -> bool:
    """Whether a clocked schedule was made, or edited, only after its time, so that nothing ever comes of it."""
    row, reckoning = rows[outcome.id], outcome.reckoning
    told = reckoning.fire or reckoning.gaps
    return row.clocked_time is not None and row.edited_at is not None and reckoning.ended and not told


def _never_due(row: Schedule) -> str:
    return (
        f"it is never due: its clocked time, {row.clocked_time:%Y-%m-%d %H:%M:%S} UTC, had passed before that was set"
    )


def _runs(outcome: Outcome, row: Schedule, offset: timedelta, now: datetime) -> list[dict[str, Any]]:
    """The rows of JobRun that an outcome comes to: those that are to run, and one for each gap."""
    if not (outcome.reckoning.fire or outcome.reckoning.gaps):
        return []
    common = {
        "schedule_id": row.id,
        "schedule_name": row.name,
        "task": row.task,
        "queue": queue_of(row),
        "arguments": json.dumps(row.arguments),
        "options": json.dumps(row.options),
    }
    fired = [
        {**common, "due_at": at, "due_until": None, "ticks": 1, "expires_at": _expires_at(row, at + offset, now=now),
         "state": "queued", "reason": "", "finished_at": None}
        for at in outcome.reckoning.fire
    ]  # fmt: skip
    return fired + [
        {**common, "due_at": gap.first, "due_until": None if gap.ticks == 1 else gap.last, "ticks": gap.ticks,
         "expires_at": None, "state": "skipped", "reason": gap.reason, "finished_at": now}
        for gap in outcome.reckoning.gaps
    ]  # fmt: skip


def _message(row: Schedule, run_id: int) -> Message:
    return Message(run_id, row.task, queue_of(row), row.name, row.arguments, row.options)


def _expires_at(row: Schedule, fires_at: datetime, *, now: datetime) -> datetime | None:
    """The row's own expiry, else the job's, from when the tick is to fire; one that was missed counts from now."""
    within = row.spec.expires if row.expire_seconds is None else timedelta(seconds=row.expire_seconds)
    begin = fires_at if now - fires_at < ON_TIME else now
    return None if within is None else begin + within


def _columns(records: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Records as one list a column, for unnest()."""
    return {name: [record[name] for record in records] for name in records[0]}


_GLANCE = """
    clock_timestamp() AS now,
    (SELECT min(fires_at) FROM scheduling_schedulecompanion WHERE fires_at IS NOT NULL) AS next_at,
    EXISTS (SELECT FROM scheduling_schedulecompanion WHERE edited_at IS NOT NULL) AS edited,
    EXISTS (SELECT FROM scheduling_jobrun WHERE state IN ('queued', 'running', 'waiting')) AS going
"""
_COMPANION = tuple(
    field.name
    for field in fields(Schedule)
    if field.name in {"days", "next_due_at", "fires_at", "edited_at", "paused_at", "anchor_at", "formers", "fault"}
)
# Both rows, so that nothing of a schedule is written that somebody is just editing, and no edit is waited for.
_LOCK = """
    SELECT companion.schedule_id FROM scheduling_schedulecompanion AS companion
    JOIN django_celery_beat_periodictask AS schedule ON schedule.id = companion.schedule_id
    WHERE companion.fires_at <= %(now)s OR companion.edited_at IS NOT NULL
    ORDER BY companion.fires_at NULLS LAST, companion.schedule_id
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF companion, schedule SKIP LOCKED
"""
_READ = f"""
    SELECT schedule.id, schedule.name, schedule.task, schedule.enabled, schedule.one_off, schedule.start_time,
        schedule.expires, schedule.expire_seconds, schedule.args, schedule.kwargs, schedule.queue, schedule.exchange,
        schedule.routing_key, schedule.headers, schedule.priority, schedule.solar_id,
        {", ".join(f"cron.{name}" for name in (*CRON_FIELDS, "timezone"))},
        interval.every, interval.period, clocked.clocked_time,
        {", ".join(f"companion.{name}" for name in (*_COMPANION, *POLICIES))}
    FROM scheduling_schedulecompanion AS companion
    JOIN django_celery_beat_periodictask AS schedule ON schedule.id = companion.schedule_id
    LEFT JOIN django_celery_beat_crontabschedule AS cron ON cron.id = schedule.crontab_id
    LEFT JOIN django_celery_beat_intervalschedule AS interval ON interval.id = schedule.interval_id
    LEFT JOIN django_celery_beat_clockedschedule AS clocked ON clocked.id = schedule.clocked_id
    WHERE companion.schedule_id = ANY(%s)
    ORDER BY companion.fires_at NULLS LAST, companion.schedule_id
"""
_INSERT = """
    INSERT INTO scheduling_jobrun (schedule_id, schedule_name, task, queue, arguments, options, due_at, due_until,
        ticks, expires_at, state, reason, finished_at, trigger, created_at, attempt, fence, worker, step, error,
        traceback, earlier_attempts)
    SELECT tick.*, 'tick', clock_timestamp(), 1, 0, '', '', '', '', '[]'
    FROM unnest(%(schedule_id)s::bigint[], %(schedule_name)s::text[], %(task)s::text[], %(queue)s::text[],
        %(arguments)s::jsonb[], %(options)s::jsonb[], %(due_at)s::timestamptz[], %(due_until)s::timestamptz[],
        %(ticks)s::int[], %(expires_at)s::timestamptz[], %(state)s::text[], %(reason)s::text[],
        %(finished_at)s::timestamptz[]) AS tick
    ON CONFLICT (schedule_id, due_at) WHERE trigger = 'tick' DO NOTHING
    RETURNING id, schedule_id, state
"""
_MOVE = """
    UPDATE scheduling_schedulecompanion AS companion SET next_due_at = moved.next_due_at, fires_at = moved.fires_at,
        edited_at = NULL, paused_at = moved.paused_at, formers = moved.formers, fault = ''
    FROM unnest(%(id)s::bigint[], %(next_due_at)s::timestamptz[], %(fires_at)s::timestamptz[],
        %(paused_at)s::timestamptz[], %(formers)s::jsonb[])
        AS moved (id, next_due_at, fires_at, paused_at, formers)
    WHERE companion.schedule_id = moved.id
"""
_COUNT = """
    UPDATE django_celery_beat_periodictask AS schedule SET last_run_at = %(now)s,
        total_run_count = total_run_count + counted.fired, enabled = enabled AND NOT counted.ended
    FROM unnest(%(id)s::bigint[], %(fired)s::int[], %(ended)s::bool[]) AS counted (id, fired, ended)
    WHERE schedule.id = counted.id
"""
_FAULT = """
    UPDATE scheduling_schedulecompanion AS companion SET fault = found.fault, fires_at = NULL, edited_at = NULL,
        next_due_at = coalesce(found.next_due_at, companion.next_due_at)
    FROM unnest(%(id)s::bigint[], %(fault)s::text[], %(next_due_at)s::timestamptz[]) AS found (id, fault, next_due_at)
    WHERE companion.schedule_id = found.id
"""
_SENT = "UPDATE scheduling_jobrun SET sent_at = clock_timestamp() WHERE id = ANY(%s) AND state = 'queued'"
_ADOPT = """
    INSERT INTO scheduling_schedulecompanion (schedule_id, edited_at, anchor_at, paused_at)
    SELECT id, clock_timestamp(), coalesce(last_run_at, date_changed), CASE WHEN NOT enabled THEN clock_timestamp() END
    FROM django_celery_beat_periodictask AS schedule
    WHERE NOT EXISTS (SELECT FROM scheduling_schedulecompanion WHERE schedule_id = schedule.id)
    ON CONFLICT (schedule_id) DO NOTHING
"""
_LOOK_AGAIN = """
    UPDATE scheduling_schedulecompanion SET edited_at = clock_timestamp() WHERE schedule_id IN (
        SELECT schedule_id FROM scheduling_schedulecompanion
        WHERE fault <> '' AND edited_at IS NULL AND schedule_id > %(after)s
        ORDER BY schedule_id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING schedule_id
"""
