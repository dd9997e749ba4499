"""Beats under virtual time: what would be fired and what would not, by the very step of the real beat.

Time jumps from one moment at which something happens to the next. Beats are killed, stopped and continued, the
store is cut off and mended, schedules are edited, paused and removed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from adaptapedia.scheduling.core.engine import LEASE, Deposed, Outcome, Refused, settle
from adaptapedia.scheduling.core.memory import MemoryStore
from adaptapedia.scheduling.core.reckoning import Plan

FAILOVER = timedelta(seconds=2)
"""After it the lock of a beat that was killed is another's."""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """A tick that fired, or the gap of several that did not: from `due_at` to `until`, so many `ticks`."""

    at: datetime
    schedule: str
    due_at: datetime
    what: Literal["run", "gap"]
    reason: str = ""
    ticks: int = 1
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Add:
    """A schedule is made."""

    at: datetime
    name: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Edit:
    """A schedule's rule or policies become those of `plan`; whether it is paused stays."""

    at: datetime
    name: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Pause:
    """A schedule is paused."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Resume:
    """A schedule is resumed."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A schedule is deleted."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Kill:
    """A beat dies at once (SIGKILL)."""

    at: datetime
    beat: int


@dataclass(frozen=True, slots=True)
class Start:
    """A beat that was killed is started anew."""

    at: datetime
    beat: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A beat hangs (SIGSTOP): at once, or `amid` its next step, after it has read and before it writes."""

    at: datetime
    beat: int
    amid: bool = False


@dataclass(frozen=True, slots=True)
class Continue:
    """A beat that hung goes on where it was (SIGCONT)."""

    at: datetime
    beat: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The store is out of reach for everybody; all sessions end, and nobody can edit anything."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Mend:
    """The store is within reach again."""

    at: datetime


Change = Add | Edit | Pause | Resume | Remove
Fault = Kill | Start | Stop | Continue | Cut | Mend
Event = Change | Fault


def simulate(
    plans: Mapping[str, Plan], begin: datetime, end: datetime, events: Iterable[Event] = (), *, beats: int = 1
) -> Iterator[Record]:
    """What would be fired and not fired, in order, later than `begin`, when the schedules are made, and until `end`.

    Of an event and a tick of the same moment the tick comes first.
    """
    world = World(begin, beats=beats)
    for name, plan in plans.items():
        yield from world.apply(Add(begin, name, plan))
    for event in sorted(events, key=lambda event: event.at):
        if event.at > end:
            break
        yield from world.advance(event.at)
        yield from world.apply(event)
    yield from world.advance(end)


@dataclass(slots=True)
class Beat:
    """One of several beats."""

    alive: bool = True
    stopped_at: datetime | None = None
    hangs_next: bool = False
    """It will hang amid its next step."""
    epoch: int | None = None
    """With which it believes to lead."""
    held: list[Outcome] = field(default_factory=list)
    """What it had reckoned when it began to hang."""

    @property
    def runs(self) -> bool:
        """Whether it does anything at present."""
        return self.alive and self.stopped_at is None


class World:
    """A store, the beats, and the time."""

    def __init__(self, begin: datetime, *, beats: int = 1, store: MemoryStore | None = None) -> None:
        """Numbered from 0, the beats run from the beginning, and the first leads."""
        self.store = store or MemoryStore(begin)
        self.beats = [Beat() for _ in range(beats)]
        self.within_reach = True
        self.leader: Beat | None = None
        self.refused: list[Refused] = []
        self.led: list[tuple[datetime, datetime]] = []
        """From when to when a beat led that could see and write whatever came."""
        self.changed: list[tuple[datetime, str, Plan | None]] = []
        """How schedules came to stand, and None where one was removed."""
        self._vacant_since = begin - FAILOVER

    @property
    def now(self) -> datetime:
        """The time, by the store's clock."""
        return self.store.moment

    def advance(self, until: datetime) -> Iterator[Record]:
        """Let everything happen until then."""
        while (at := self._next_moment()) is not None and at <= until:
            self._move_on(max(at, self.now))
            yield from self._act()
        self._move_on(until)

    def apply(self, event: Event) -> Iterator[Record]:
        """Let an event happen now. One that cannot (of a schedule that is not there, say) changes nothing."""
        match event:
            case Kill() | Start() | Stop() | Continue() if event.beat < len(self.beats):
                yield from self._befall(self.beats[event.beat], event)
            case Cut():
                self._cut()
            case Mend() if not self.within_reach:
                self.within_reach, self._vacant_since = True, self.now
            case Add() | Edit() | Pause() | Resume() | Remove() if self.within_reach:
                self._change(event)

    def _change(self, event: Change) -> None:
        row = self.store.named(event.name)
        match event:
            case Add() if row is None:
                row = self.store.add(event.name, event.plan)
            case Edit() if row is not None:
                self.store.edit(row, replace(event.plan, enabled=row.plan.enabled))
            case Pause() | Resume() if row is not None and row.plan.enabled == isinstance(event, Pause):
                self.store.edit(row, replace(row.plan, enabled=not row.plan.enabled))
            case Remove() if row is not None:
                self.store.remove(row)
            case _:
                return
        self.changed.append((self.now, event.name, None if isinstance(event, Remove) else row.plan))

    def _befall(self, beat: Beat, event: Kill | Start | Stop | Continue) -> Iterator[Record]:
        match event:
            case Kill():
                beat.alive = False
                self._lose(beat)
            case Start() if not beat.alive:
                self.beats[event.beat] = Beat()
            case Stop() if beat.runs:
                beat.hangs_next = event.amid
                beat.stopped_at = None if event.amid else self.now
            case Continue() if beat.alive:
                beat.stopped_at, beat.hangs_next = None, False
                yield from self._write_held(beat)

    def _write_held(self, beat: Beat) -> Iterator[Record]:
        """A beat that goes on writes what it had reckoned, if it may."""
        held, beat.held = beat.held, []
        if held and beat.epoch is not None and self.within_reach:
            yield from self._write(beat, held)

    def _write(self, beat: Beat, outcomes: list[Outcome]) -> Iterator[Record]:
        if beat.epoch is None:
            return
        gaps_before = len(self.store.gaps)
        try:
            written = self.store.write(beat.epoch, outcomes)
        except Deposed:
            beat.epoch = None
            return
        for id, gap in self.store.gaps[gaps_before:]:
            yield Record(self.now, self.store.rows[id].name, gap.first, "gap", gap.reason, gap.ticks, gap.last)
        for id, due_at in written:
            yield Record(self.now, self.store.rows[id].name, due_at, "run")

    def _cut(self) -> None:
        self.within_reach = False
        for beat in self.beats:
            self._lose(beat)

    def _lose(self, beat: Beat) -> None:
        """A beat's session ends, with its transaction and, if it leads, with its lock."""
        beat.held, beat.epoch = [], None
        if beat is self.leader:
            self.leader, self._vacant_since = None, self.now

    def _next_moment(self) -> datetime | None:
        """When a beat will next do something; None when none will without an event."""
        if not self.within_reach:
            return None
        if self.leader and self.leader.runs:
            return self.store.wakes_at()
        if not any(beat.runs for beat in self.beats):
            return None
        hung_since = self.leader.stopped_at if self.leader else None
        return hung_since + LEASE if hung_since else self._vacant_since + FAILOVER

    def _act(self) -> Iterator[Record]:
        if self.leader and self.leader.runs:
            yield from self._go_round(self.leader)
        else:
            self.leader = next(beat for beat in self.beats if beat.runs)
            self.leader.epoch = self.store.take_over()

    def _go_round(self, beat: Beat) -> Iterator[Record]:
        if beat.epoch is None:
            return
        standings = self.store.due(beat.epoch, limit=BATCH)
        outcomes = settle(standings, self.now, refused=self.refused)
        if beat.hangs_next and outcomes:
            beat.held, beat.stopped_at, beat.hangs_next = outcomes, self.now, False
            return
        yield from self._write(beat, outcomes)

    def _move_on(self, moment: datetime) -> None:
        if moment > self.now and self.within_reach and self.leader and self.leader.runs:
            if self.led and self.led[-1][1] == self.now:
                self.led[-1] = (self.led[-1][0], moment)
            else:
                self.led.append((self.now, moment))
        self.store.moment = moment
