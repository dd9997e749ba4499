"""A store in memory, whose clock is set from outside. It does what triggers and transactions do in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from adaptapedia.scheduling.core.engine import Deposed, Outcome, Standing, Written
from adaptapedia.scheduling.core.reckoning import PAUSED, Former, Gap, Mark, Plan


@dataclass(slots=True, eq=False)
class Row:
    """A schedule."""

    id: int
    name: str
    plan: Plan
    mark: Mark
    fires_at: datetime | None = None
    ended: bool = False


class MemoryStore:
    """Schedules, the ticks and gaps written of them, and the epoch of the beat that leads."""

    def __init__(self, now: datetime) -> None:
        """`moment` is to be moved on by whoever owns the store."""
        self.moment = now
        self.epoch = 0
        self.rows: dict[int, Row] = {}
        self.ticks: set[Written] = set()
        self.gaps: list[tuple[int, Gap]] = []
        self._ids = count(1)
        self._edited: set[int] = set()
        self._touched: set[int] = set()
        self._firing: list[tuple[datetime, int]] = []

    def now(self) -> datetime:
        """As in Store."""
        return self.moment

    def due(self, epoch: int, *, limit: int) -> list[Standing]:
        """As in Store; each schedule once, until it is written, edited or `take_over` is called."""
        self._check(epoch)
        self._touched.clear()
        found = [self.rows[id] for id in sorted(self._edited)[:limit]]
        self._edited -= {row.id for row in found}
        while len(found) < limit and (at := self._first_firing()) and at <= self.moment:
            row = self.rows[heappop(self._firing)[1]]
            found += [] if row in found else [row]
        return [Standing(row.id, row.name, row.plan, row.mark) for row in found]

    def write(self, epoch: int, outcomes: Sequence[Outcome]) -> list[Written]:
        """As in Store. What was edited after it was read is left for the next step, as its row was not locked here."""
        self._check(epoch)
        written: list[Written] = []
        for outcome in outcomes:
            if outcome.id in self.rows and outcome.id not in self._touched:
                written += self._write(self.rows[outcome.id], outcome)
        self._touched.clear()
        return written

    def take_over(self) -> int:
        """Begin a new epoch, which is returned; nobody can write with the one before."""
        self.epoch += 1
        self._edited = {row.id for row in self.rows.values() if row.mark.edited_at}
        self._firing = []
        for row in self.rows.values():
            self._await(row)
        return self.epoch

    def wakes_at(self) -> datetime | None:
        """When there is something for `due` again; None when there never is without an edit."""
        return self.moment if self._edited else self._first_firing()

    def named(self, name: str) -> Row | None:
        """The schedule of a name."""
        return next((row for row in self.rows.values() if row.name == name), None)

    def add(self, name: str, plan: Plan) -> Row:
        """Make a schedule."""
        row = Row(next(self._ids), name, plan, Mark(paused_at=None if plan.enabled else self.moment))
        self.rows[row.id] = row
        self._note_edit(row)
        return row

    def edit(self, row: Row, plan: Plan) -> None:
        """Change a schedule, or what goes with it. As triggers do, keep how it stood where that may have been due."""
        before, row.plan, mark = row.plan, plan, row.mark
        if mark.edited_at or not before.enabled or (mark.next_due and mark.next_due <= self.moment):
            former = Former(self.moment, before, "" if before.enabled else PAUSED)
            row.mark = replace(mark, formers=(*mark.formers, former))
        if before.enabled and not plan.enabled:
            row.mark = replace(row.mark, paused_at=self.moment)
        self._touched.add(row.id)
        self._note_edit(row)

    def remove(self, row: Row) -> None:
        """Delete a schedule. Its ticks stay."""
        del self.rows[row.id]
        self._edited.discard(row.id)

    def _note_edit(self, row: Row) -> None:
        row.mark = replace(row.mark, edited_at=row.mark.edited_at or self.moment)
        self._edited.add(row.id)

    def _write(self, row: Row, outcome: Outcome) -> list[Written]:
        reckoning = outcome.reckoning
        row.mark, row.fires_at, row.ended = reckoning.mark, reckoning.fires_at, reckoning.ended
        self._await(row)
        new = {(row.id, due_at) for due_at in reckoning.fire} - self.ticks
        self.ticks |= new
        self.gaps += [(row.id, gap) for gap in reckoning.gaps]
        return sorted(new)

    def _await(self, row: Row) -> None:
        if row.fires_at:
            heappush(self._firing, (row.fires_at, row.id))

    def _first_firing(self) -> datetime | None:
        """When the next schedule fires; what was edited, paused or removed since falls out here."""
        while self._firing:
            at, id = self._firing[0]
            if id in self.rows and self.rows[id].fires_at == at and id not in self._edited:
                return at
            heappop(self._firing)
        return None

    def _check(self, epoch: int) -> None:
        if epoch != self.epoch:
            raise Deposed(f"Epoch {epoch} is over; {self.epoch} has begun.")
