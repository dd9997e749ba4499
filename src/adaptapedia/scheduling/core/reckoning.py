"""What becomes of each tick: fired, or told in a gap. Each exactly once over all reckonings of a schedule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from adaptapedia.scheduling.core.policies import NOTHING, Missed
from adaptapedia.scheduling.core.rules import INSTANT, Rule
from adaptapedia.scheduling.core.succession import Replaced, Ticks

PROMPT = timedelta(seconds=2)
"""A tick that is not older fires under every policy: failover takes as long."""
LATE = timedelta(seconds=60)
"""Under `skip` the newest tick fires when it is not older."""
COUNTED = 100_000
"""So far the ticks of a gap are counted."""
FLOOD = 10_000
"""More prompt ticks than these in one reckoning are of an interval that nothing could keep; the older are missed."""

PAUSED = "paused"
MISSED = "missed"
LEFT_OUT = "left out"
"""Of a schedule that could not be reckoned or written, before it was mended."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule as it stands: its rule, within which time it holds, and what becomes of missed ticks."""

    rule: Rule
    starts: datetime | None = None
    expires: datetime | None = None
    """No tick is due at it or later."""
    one_off: bool = False
    enabled: bool = True
    missed: Missed = Missed.LATEST
    missed_bound: int = 100
    offset: timedelta = NOTHING
    """A tick fires by so much later than it is due (jitter)."""

    def first_after(self, moment: datetime) -> datetime | None:
        """The first due time later than `moment`; None when there is none any more."""
        found = self.rule.first_after(max(moment, self.starts - INSTANT) if self.starts else moment)
        return None if found is None or (self.expires and found >= self.expires) else found

    def last_until(self, moment: datetime) -> datetime | None:
        """The last due time not later than `moment`; None when there was none yet."""
        found = self.rule.last_until(min(moment, self.expires - INSTANT) if self.expires else moment)
        return None if found is None or (self.starts and found < self.starts) else found

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """How many due times are later than `after` and not later than `until`; `at_most` when there are more."""
        after = max(after, self.starts - INSTANT) if self.starts else after
        until = min(until, self.expires - INSTANT) if self.expires else until
        return self.rule.count(after, until, at_most=at_most)


@dataclass(frozen=True, slots=True)
class Former:
    """How a schedule stood until an edit before which ticks may have been due that no reckoning has told of."""

    until: datetime
    plan: Plan | None
    """Its rule, and within which time that held; None for one that cannot be reckoned."""
    idle: str = ""
    """Why none of its ticks fired; empty where they would have."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a schedule has been reckoned, kept between two reckonings."""

    next_due: datetime | None = None
    """The first tick not yet accounted for, as long as nothing is edited before it."""
    edited_at: datetime | None = None
    """When it was first edited, or made, since the last reckoning, which empties it."""
    formers: tuple[Former, ...] = ()
    """How it stood, the oldest first; that on which nothing depends any more is left out."""
    paused_at: datetime | None = None
    """Set by a pause, emptied by `reckon` after the schedule was resumed."""
    fault: str = ""
    """Why it was left out until now; emptied by whoever has reckoned it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Ticks that did not fire, from the `first` to the `last`, and why."""

    first: datetime
    last: datetime
    ticks: int
    more: bool
    """There were more than `ticks`, which are as many as are counted."""
    reason: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is to be written of a schedule, all in one transaction."""

    fire: tuple[datetime, ...]
    """Due times, the oldest first."""
    gaps: tuple[Gap, ...]
    mark: Mark
    fires_at: datetime | None
    """When the next tick fires; None when none ever will, or the schedule is paused."""
    ended: bool
    """An enabled schedule that will never be due again: a one-off that has fired, or one that has expired."""


def reckon(plan: Plan, mark: Mark, now: datetime) -> Reckoning:
    """What has become of every tick until `now` that no reckoning has told of yet.

    A tick is due by the rule that stood at its time: neither an edit nor a resume fires anything by itself, and what
    was due before an edit is still owed. A pause is told at the resume, and the time in which a schedule was left out
    when it is mended, with all that was owed before, in one gap. A clock put back produces no tick twice.
    """
    ticks, due = _ticks(plan, mark), awaited(plan, mark)
    if not plan.enabled:
        return _keeping(mark, Reckoning((), (), Mark(due, paused_at=mark.paused_at), None, ended=False))
    until, reason = max(_idle(mark, now), default=(None, ""))
    if until is None or due is None or due > until:
        return _keeping(mark, _go_on(plan, ticks, due, now))
    further = _go_on(plan, ticks, ticks.first_after(until), now)
    return _keeping(mark, replace(further, gaps=(_gap(ticks, due, until, reason), *further.gaps)))


def awaited(plan: Plan, mark: Mark) -> datetime | None:
    """The first tick that is not accounted for; None when there is none, or nothing was awaited before a pause."""
    if mark.edited_at is None or (mark.next_due and mark.next_due <= mark.edited_at):
        return mark.next_due
    if not plan.enabled and mark.next_due is None and not mark.formers:
        return None
    return _ticks(plan, mark).first_after(mark.edited_at)


def _ticks(plan: Plan, mark: Mark) -> Ticks:
    """The ticks of what stood, each until its edit, then of what stands."""
    ticks: Ticks = plan
    for former in reversed(mark.formers):
        ticks = Replaced(former.plan, former.until, ticks)
    return ticks


def _idle(mark: Mark, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Until when nothing fired, and why. Where nobody said when that ended, it has ended now."""
    yield from ((former.until, former.idle) for former in mark.formers if former.idle)
    if mark.fault:
        yield mark.edited_at or now, f"{LEFT_OUT}: {mark.fault}"
    if mark.paused_at:
        yield mark.edited_at or now, PAUSED


def _keeping(mark: Mark, reckoning: Reckoning) -> Reckoning:
    """The reckoning, whose mark keeps how it stood when the next tick was or will be due."""
    due = reckoning.mark.next_due
    kept = tuple(former for former in mark.formers if due and former.until >= due)
    return replace(reckoning, mark=replace(reckoning.mark, formers=kept)) if kept else reckoning


def _ended(fire: tuple[datetime, ...], gaps: tuple[Gap, ...]) -> Reckoning:
    return Reckoning(fire, gaps, Mark(), None, ended=True)


def _go_on(plan: Plan, ticks: Ticks, due: datetime | None, now: datetime) -> Reckoning:
    """Reckon the ticks from `due` on, which is one, whatever the rule now says: it was awaited."""
    if due is None:
        return _ended((), ())
    until = now - plan.offset
    if due > until:
        return Reckoning((), (), Mark(due), due + plan.offset, ended=False)
    fire = _fired(plan, ticks, due, until)
    gaps = _gaps(plan, ticks, due, (fire[0] if fire else until + INSTANT) - INSTANT)
    following = ticks.first_after(until)
    if following is None or (plan.one_off and fire):
        return _ended(fire[:1] if plan.one_off else fire, gaps)
    return Reckoning(fire, gaps, Mark(following), following + plan.offset, ended=False)


def _fired(plan: Plan, ticks: Ticks, due: datetime, until: datetime) -> tuple[datetime, ...]:
    """The ticks that fire, the oldest first: always the newest of all, if any."""
    newest = list(islice(takewhile(lambda tick: until - tick <= PROMPT, _back(ticks, due, until)), FLOOD))
    if plan.missed == Missed.ALL and len(newest) < plan.missed_bound:
        newest = list(islice(_back(ticks, due, until), plan.missed_bound))
    elif not newest:
        patience = LATE if plan.missed == Missed.SKIP else until - due
        newest = [tick for tick in islice(_back(ticks, due, until), 1) if until - tick <= patience]
    return tuple(reversed(newest))


def _back(ticks: Ticks, due: datetime, until: datetime) -> Iterator[datetime]:
    """The ticks from the newest not later than `until` back to `due`."""
    tick = ticks.last_until(until)
    while tick and tick > due:
        yield tick
        tick = ticks.last_until(tick - INSTANT)
    yield due


def _gaps(plan: Plan, ticks: Ticks, due: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gap of what does not fire, from `due` on; none when all of it fires."""
    if due > until:
        return ()
    bound = f": beyond the bound of {plan.missed_bound}" if plan.missed == Missed.ALL else ""
    return (_gap(ticks, due, until, MISSED + bound),)


def _gap(ticks: Ticks, first: datetime, until: datetime, reason: str) -> Gap:
    """The gap of `first`, which counts as a tick whatever the rule now says, and of all later ones until `until`."""
    last = max(ticks.last_until(until) or first, first)
    found = 1 + ticks.count(first, last, at_most=COUNTED)
    return Gap(first, last, min(found, COUNTED), more=found > COUNTED, reason=reason)
