"""What becomes of each tick: fired, or told in a gap. Each exactly once over all reckonings of a schedule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from adaptapedia.scheduling.core.policies import NOTHING, Missed
from adaptapedia.scheduling.core.rules import INSTANT, Rule

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
class Mark:
    """How far a schedule has been reckoned, kept between two reckonings."""

    next_due: datetime | None = None
    """The first tick not yet accounted for."""
    edited_at: datetime | None = None
    """Since when the rule stands as it does; set with each edit and for a new row, emptied by `reckon`."""
    paused_at: datetime | None = None
    """Set by a pause, emptied by `reckon` after the schedule was resumed."""


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

    A pause is told at the resume, in one gap. Neither an edit nor a resume fires anything by itself; only what
    was due before an edit still fires, unless missed ticks are skipped. A clock put back produces no tick twice.
    """
    if not plan.enabled:
        return Reckoning((), (), replace(mark, edited_at=None) if mark.paused_at else mark, None, ended=False)
    since = mark.edited_at or (now if mark.paused_at else None)
    if since is None:
        return _go_on(plan, mark.next_due, now)
    owed = mark.next_due if mark.next_due and mark.next_due <= since else None
    if owed and mark.paused_at is None and plan.missed != Missed.SKIP:
        return _with_owed(plan, owed, _go_on(plan, plan.first_after(since), now))
    reckoning = _go_on(plan, plan.first_after(since), now)
    if owed is None:
        return reckoning
    gap = _gap(plan, owed, since, PAUSED) if mark.paused_at else Gap(owed, owed, 1, more=False, reason=MISSED)
    return replace(reckoning, gaps=(gap, *reckoning.gaps))


def _with_owed(plan: Plan, owed: datetime, further: Reckoning) -> Reckoning:
    """The reckoning with what was due before the edit; a one-off has ended by it."""
    if plan.one_off:
        return _ended((owed,), ())
    return replace(further, fire=(owed, *further.fire))


def _ended(fire: tuple[datetime, ...], gaps: tuple[Gap, ...]) -> Reckoning:
    return Reckoning(fire, gaps, Mark(), None, ended=True)


def _go_on(plan: Plan, due: datetime | None, now: datetime) -> Reckoning:
    """Reckon the ticks from `due` on, which is one, whatever the rule now says: it was awaited."""
    if due is None:
        return _ended((), ())
    until = now - plan.offset
    if due > until:
        return Reckoning((), (), Mark(due), due + plan.offset, ended=False)
    fire = _fired(plan, due, until)
    gaps = _gaps(plan, due, (fire[0] if fire else until + INSTANT) - INSTANT)
    following = plan.first_after(until)
    if following is None or (plan.one_off and fire):
        return _ended(fire[:1] if plan.one_off else fire, gaps)
    return Reckoning(fire, gaps, Mark(following), following + plan.offset, ended=False)


def _fired(plan: Plan, due: datetime, until: datetime) -> tuple[datetime, ...]:
    """The ticks that fire, the oldest first: always the newest of all, if any."""
    newest = list(islice(takewhile(lambda tick: until - tick <= PROMPT, _back(plan, due, until)), FLOOD))
    if plan.missed == Missed.ALL and len(newest) < plan.missed_bound:
        newest = list(islice(_back(plan, due, until), plan.missed_bound))
    elif not newest:
        patience = LATE if plan.missed == Missed.SKIP else until - due
        newest = [tick for tick in islice(_back(plan, due, until), 1) if until - tick <= patience]
    return tuple(reversed(newest))


def _back(plan: Plan, due: datetime, until: datetime) -> Iterator[datetime]:
    """The ticks from the newest not later than `until` back to `due`."""
    tick = plan.last_until(until)
    while tick and tick > due:
        yield tick
        tick = plan.last_until(tick - INSTANT)
    yield due


def _gaps(plan: Plan, due: datetime, until: datetime) -> tuple[Gap, ...]:
    """The gap of what does not fire, from `due` on; none when all of it fires."""
    if due > until:
        return ()
    bound = f": beyond the bound of {plan.missed_bound}" if plan.missed == Missed.ALL else ""
    return (_gap(plan, due, until, MISSED + bound),)


def _gap(plan: Plan, first: datetime, until: datetime, reason: str) -> Gap:
    """The gap of `first`, which counts as a tick whatever the rule now says, and of all later ones until `until`."""
    last = max(plan.last_until(until) or first, first)
    ticks = 1 + plan.count(first, last, at_most=COUNTED)
    return Gap(first, last, min(ticks, COUNTED), more=ticks > COUNTED, reason=reason)
