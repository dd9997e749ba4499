"""Histories at random: schedules, what befalls them and the beats; and what must hold of every one.

A history is a list of the simulation's own events. `play` it, then `check` what came of it; `twenty` are always the
same, to be played again elsewhere.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import groupby

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from adaptapedia.scheduling.core.engine import Deposed, Outcome, Written
from adaptapedia.scheduling.core.memory import MemoryStore
from adaptapedia.scheduling.core.policies import Missed, Overlap
from adaptapedia.scheduling.core.reckoning import Plan
from adaptapedia.scheduling.core.rules import Clocked, Crontab, Interval, Rule
from adaptapedia.scheduling.core.simulation import (
    Add,
    Continue,
    Cut,
    Edit,
    Event,
    Kill,
    Mend,
    Pause,
    Record,
    Remove,
    Resume,
    Start,
    Stop,
    World,
)
from tests.unit.scheduling.core import oracle, working
from tests.unit.scheduling.core.crontabs import crontab
from tests.unit.scheduling.core.oracle import DAY, HOUR, MINUTE, Cron
from tests.unit.scheduling.core.working import Work, Workers

SECOND = timedelta(seconds=1)
BEATS = 3
NAMES = ("ant", "bee", "cat")
OFFSETS = (timedelta(0), 700 * SECOND / 1000, 40 * SECOND)


@dataclass(frozen=True)
class Span:
    """From when to when a history goes, and the rules that suit its length."""

    begin: datetime
    end: datetime
    rules: tuple[Rule, ...]
    unit: timedelta
    """Events lie at multiples of it, so that they meet ticks, or a little later."""


def span(begin: datetime, lasting: timedelta, unit: timedelta, *rules: Rule | tuple[str, str, str]) -> Span:
    made = tuple(crontab(Cron(*rule)) if isinstance(rule, tuple) else rule for rule in rules)
    return Span(begin, begin + lasting, made, unit)


def hours(begin: datetime) -> Span:
    return span(
        begin, 5 * HOUR, MINUTE / 2,
        ("* * * * *", "UTC", ""), ("*/7 1-3 * * *", "Europe/Berlin", ""), ("30 2 * * *", "Europe/Berlin", ""),
        ("*/30 2 * * *", "Europe/Berlin", ""), Interval(45 * SECOND, begin), Clocked(begin + 2 * HOUR),
    )  # fmt: skip


def weeks(begin: datetime) -> Span:
    return span(
        begin, 20 * DAY, HOUR / 2,
        ("0 * * * *", "Asia/Kolkata", ""), ("0 2 * * *", "UTC", ""), ("15,45 2 * * *", "Australia/Lord_Howe", ""),
        ("0 */5 * * 1-5", "America/New_York", ""), Interval(7 * HOUR, begin - DAY), Clocked(begin + 9 * DAY),
    )  # fmt: skip


def year(begin: datetime) -> Span:
    return span(
        begin, 366 * DAY, 12 * HOUR,
        ("0 2 * * *", "UTC", ""), ("30 2 * * *", "Europe/Berlin", ""), ("0 0 * * sun", "America/New_York", ""),
        ("0 12 * * *", "UTC", "L,15W,FRI#2"), ("0 0 29 2 *", "UTC", ""), Interval(3 * DAY, begin, from_anchor=True),
    )  # fmt: skip


SPANS = (
    hours(datetime(2026, 3, 28, 22, tzinfo=UTC)),
    hours(datetime(2026, 10, 24, 22, tzinfo=UTC)),
    weeks(datetime(2025, 3, 25, tzinfo=UTC)),
    year(datetime(2027, 3, 1, tzinfo=UTC)),
)


@dataclass(frozen=True)
class History:
    """Beats and no schedules at `begin`, then the events."""

    begin: datetime
    end: datetime
    events: tuple[Event, ...]
    works: tuple[Work, ...]
    """What the runs of each schedule are like, in the order of `NAMES`."""
    beats: int = BEATS


@dataclass
class Told:
    """What came of a history."""

    end: datetime
    records: list[Record] = field(default_factory=list)
    changed: list[tuple[datetime, str, Plan | None]] = field(default_factory=list)
    led: list[tuple[datetime, datetime]] = field(default_factory=list)
    works: tuple[Work, ...] = (Work(),) * len(NAMES)
    deposed: int = 0
    """So many times a beat came too late with what it had to write."""


def plans(span: Span) -> st.SearchStrategy[Plan]:
    within = st.integers(0, (span.end - span.begin) // span.unit).map(lambda found: span.begin + found * span.unit)
    return st.builds(
        Plan,
        st.sampled_from(span.rules),
        starts=st.one_of(st.none(), st.none(), within),
        expires=st.one_of(st.none(), st.none(), within),
        missed=st.sampled_from(Missed),
        missed_bound=st.integers(1, 4),
        offset=st.sampled_from((timedelta(0), *OFFSETS)),
    )


@st.composite
def happenings(draw: st.DrawFn, span: Span) -> tuple[Event, ...]:
    """One thing that happens and, for most, that it ends again."""
    at = span.begin + draw(st.integers(0, (span.end - span.begin) // span.unit)) * span.unit
    at += draw(st.sampled_from((0, 0, 1, 20))) * SECOND
    again = at + draw(st.sampled_from((SECOND, 5 * SECOND, MINUTE, span.unit, 7 * span.unit, 40 * span.unit)))
    name, beat = draw(st.sampled_from(NAMES)), draw(st.integers(0, BEATS - 1))
    what = draw(
        st.sampled_from(("edit", "pause", "pause", "remove", "kill", "stop", "hang", "all", "all", "unseen", "cut"))
    )
    match what:
        case "edit":
            return (Edit(at, name, draw(plans(span))),)
        case "pause":
            return (Pause(at, name), Resume(again, name))
        case "remove":
            return (Remove(at, name), Add(again, name, draw(plans(span))))
        case "kill":
            return (Kill(at, beat), Start(again, beat))
        case "stop":
            return (Stop(at, beat), Continue(again, beat))
        case "hang":
            beats = range(BEATS - 1)
            return (*(Stop(at, beat, amid=True) for beat in beats), *(Continue(again, beat) for beat in beats))
        case "all" | "unseen":
            beats = range(BEATS)
            parts = draw(st.sets(st.integers(1, 3), min_size=1)) if what == "unseen" else ()
            edits = [Edit(at + part * (again - at) / 4, name, draw(plans(span))) for part in parts]
            return (*(Kill(at, beat) for beat in beats), *edits, *(Start(again, beat) for beat in beats))
        case _:
            return (Cut(at), Mend(again))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Hours, weeks or a year of up to three schedules."""
    span = draw(st.sampled_from(SPANS))
    added = [Add(span.begin, name, draw(plans(span))) for name in draw(st.sets(st.sampled_from(NAMES), min_size=2))]
    happened = draw(st.lists(happenings(span), min_size=2, max_size=20))
    events = sorted((event for one in happened for event in one), key=lambda event: event.at)
    last: dict[str, Plan] = {}
    for number, event in enumerate(events := [*added, *(event for event in events if event.at <= span.end)]):
        if isinstance(event, Edit) and event.name in last and draw(st.booleans()):
            events[number] = event = replace(event, plan=same_rule(last[event.name], event.plan))
        if isinstance(event, Add | Edit):
            last[event.name] = event.plan
    return History(span.begin, span.end, tuple(events), draw(st.tuples(*(working.works for _ in NAMES))))


def same_rule(plan: Plan, policies: Plan) -> Plan:
    """A plan with the policies of another."""
    return replace(plan, missed=policies.missed, missed_bound=policies.missed_bound, offset=policies.offset)


def twenty() -> list[History]:
    """Twenty histories in which much happens, the same at every call (of one version of hypothesis)."""
    found: list[History] = []
    nothing = History(SPANS[0].begin, SPANS[0].end, (), ())

    @seed(20)
    @settings(max_examples=200, database=None, phases=[Phase.generate], deadline=None)
    @given(histories())
    def collect(history: History) -> None:
        if all(len(set(history.events) - set(known.events)) > 10 for known in (*found, nothing)):
            found.append(history)

    collect()
    return found[:20]


class WatchedStore(MemoryStore):
    """A store that holds beats to their fence."""

    refusals = 0

    def write(self, epoch: int, outcomes: Sequence[Outcome]) -> list[Written]:
        before, ours = self._all_there_is(), epoch == self.epoch
        try:
            written = super().write(epoch, outcomes)
        except Deposed:
            assert not ours
            assert self._all_there_is() == before
            self.refusals += 1
            raise
        assert ours
        return written

    def _all_there_is(self) -> tuple[object, ...]:
        return len(self.ticks), len(self.gaps), [(row.id, row.mark, row.fires_at) for row in self.rows.values()]


def play(history: History) -> Told:
    """What comes of a history in the simulation."""
    store, told = WatchedStore(history.begin), Told(history.end, works=history.works)
    world = World(history.begin, beats=history.beats, store=store)
    for event in history.events:
        told.records += [*world.advance(event.at), *world.apply(event)]
    told.records += world.advance(history.end)
    assert world.refused == []
    return replace(told, changed=world.changed, led=world.led, deposed=store.refusals)


@lru_cache(maxsize=64)
def _all_ticks(rule: Rule, span: Span) -> list[datetime]:
    """An independent reading of all ticks of a rule in a span."""
    if isinstance(rule, Clocked):
        return [rule.at]
    if isinstance(rule, Interval):
        multiples = range((span.end - span.begin + DAY) // rule.every + 1)
        return [rule.anchor + n * rule.every for n in multiples if n or rule.from_anchor]
    return _ticks_of_crontab(rule, span)


def _ticks_of_crontab(rule: Crontab, span: Span) -> list[datetime]:
    fields = (rule.minute, rule.hour, rule.day_of_month, rule.month_of_year, rule.day_of_week)
    cron = Cron(" ".join(fields), rule.zone.key, rule.days)
    if span.end - span.begin < 30 * DAY:
        return [at for at, _ in oracle.ticks(cron, span.begin - 2 * DAY, span.end + DAY)]
    return oracle.daily_ticks(cron, span.begin - 2 * DAY, span.end + DAY)


def ticks_of(plan: Plan, after: datetime, until: datetime) -> list[datetime]:
    """All due times of a plan, later than `after` and not later than `until`."""
    starts, expires = plan.starts or after, plan.expires or until + SECOND
    span = next(span for span in SPANS if span.begin <= after <= span.end)
    return [tick for tick in _all_ticks(plan.rule, span) if after < tick <= until and starts <= tick < expires]


@dataclass
class Regime:
    """For how long a rule stood (start and expiry with it), through changes of policy and pauses."""

    begin: datetime
    end: datetime
    plan: Plan
    states: list[tuple[datetime, datetime, Plan]]

    @cached_property
    def ticks(self) -> dict[datetime, None]:
        return dict.fromkeys(ticks_of(self.plan, self.begin, self.end))

    def running(self) -> list[tuple[datetime, datetime]]:
        """When it was not paused, without the changes of policy between."""
        found: list[tuple[datetime, datetime]] = []
        for begin, end, plan in self.states:
            if plan.enabled and found and found[-1][1] == begin:
                found[-1] = (found[-1][0], end)
            elif plan.enabled:
                found.append((begin, end))
        return found


def lives(told: Told, name: str) -> list[list[Regime]]:
    """The regimes of each schedule that bore the name."""
    changes = [(at, plan) for at, changed, plan in told.changed if changed == name]
    ends = [*(at for at, _ in changes[1:]), told.end][: len(changes)]
    found: list[list[Regime]] = []
    alive = False
    for (at, plan), end in zip(changes, ends, strict=True):
        if plan is None:
            alive = False
            continue
        if not alive:
            found.append([])
        same = alive and _stands(found[-1][-1].plan) == _stands(plan)
        if same:
            found[-1][-1].end = end
            found[-1][-1].states.append((at, end, plan))
        else:
            found[-1].append(Regime(at, end, plan, [(at, end, plan)]))
        alive = True
    return found


def _stands(plan: Plan) -> tuple[object, ...]:
    return plan.rule, plan.starts, plan.expires


def check(told: Told) -> None:
    """Promises 1, 2, 6, 7, 8 and 9 of a history. Raises AssertionError."""
    for workers in worked(told):
        working.check(workers)
    for name in NAMES:
        records = [record for record in told.records if record.schedule == name]
        for number, life in enumerate(every := lives(told, name)):
            begin = life[0].begin
            end = every[number + 1][0].begin if number + 1 < len(every) else told.end + SECOND
            check_life(told, life, [record for record in records if begin <= record.at < end])


def worked(told: Told, *, at_most: int | None = None) -> list[Workers]:
    """What became of the runs of each name, or of the first of them, under each policy for overlap."""
    queued = {name: [one.at for one in told.records if (one.schedule, one.what) == (name, "run")] for name in NAMES}
    named = [(work, queued[name][:at_most]) for name, work in zip(NAMES, told.works, strict=True)]
    return [Workers(work, overlap, times, until=told.end) for work, times in named for overlap in Overlap]


def check_life(told: Told, life: list[Regime], records: list[Record]) -> None:
    """What must hold of the records of one schedule."""
    runs = [record for record in records if record.what == "run"]
    each = Counter(tick for record in records for tick in expand(life, record))
    assert [tick for tick, times in each.items() if times > 1] == [], "told twice"
    assert [tick for tick in owed_to_be_told(told, life) if tick not in each] == [], "lost in silence"
    for run in runs:
        check_run(told, life, run)
    for at, told_then in groupby(records, key=lambda record: record.at):
        check_policy(life, at, [*told_then])


def expand(life: list[Regime], record: Record) -> list[datetime]:
    """The ticks that a record tells of."""
    if record.what == "run" or record.until is None:
        return [record.due_at]
    told = [tick for regime in life for tick in regime.ticks if record.due_at <= tick <= record.until]
    assert len(told) == record.ticks, "a gap counts its ticks"
    return told


def owed_to_be_told(told: Told, life: list[Regime]) -> list[datetime]:
    """The ticks that some beat was there to tell of: until the last look at the running schedule.

    Nothing was awaited before it was switched on for the first time.
    """
    spans = [running for regime in life for running in regime.running()]
    looks = [last for begin, end in spans if (last := last_look(told, begin, end))]
    if not looks:
        return []
    offset = max(plan.offset for regime in life for _, _, plan in regime.states)
    ticks = [tick for regime in life for tick in regime.ticks]
    return [tick for tick in ticks if spans[0][0] < tick and tick + offset < looks[-1]]


def last_look(told: Told, begin: datetime, end: datetime) -> datetime | None:
    """Until when, between, a beat led; None when none did."""
    return max((min(until, end) for since, until in told.led if since < end and until > begin), default=None)


def check_run(told: Told, life: list[Regime], run: Record) -> None:
    """A run is of a tick of the rule that stood, when it was not paused; on time when a beat was there."""
    regime = next(regime for regime in life if regime.begin < run.due_at <= regime.end)
    assert run.due_at in regime.ticks, "fired for no tick"
    state = next(state for state in regime.states if state[0] < run.due_at <= state[1])
    assert state[2].enabled, "fired for a time of pause"
    resumed = [begin for begin, _ in regime.running() if regime.begin < begin <= run.at]
    assert all(run.due_at > begin or run.due_at == run.at for begin in resumed), "fired at the resume for before"
    fires_at = run.due_at + state[2].offset
    if fires_at < state[1] and any(since <= fires_at < until for since, until in told.led):
        assert run.at == fires_at, "late though a beat was there"


def check_policy(life: list[Regime], at: datetime, records: list[Record]) -> None:
    """What one reckoning told, by the policy of the time, whatever was edited since its ticks were due."""
    states = [state for regime in life for state in regime.states]
    if any(begin == at for begin, _, _ in states):
        return
    _, _, plan = next(state for state in states if state[0] < at <= state[1])
    late = [record for record in records if record.reason != "paused"]
    pending = sorted(tick for record in late for tick in expand(life, record))
    if pending:
        fired = [record.due_at for record in late if record.what == "run"]
        assert fired == oracle.fires(pending, at - plan.offset, plan.missed, plan.missed_bound)
        bound = f": beyond the bound of {plan.missed_bound}" if plan.missed == "all" else ""
        assert {record.reason for record in late if record.what == "gap"} <= {f"missed{bound}"}
