"""Rules one after the other: what is due when a rule has been replaced by another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Ticks(Protocol):
    """Due times, by a rule or by several."""

    def first_after(self, moment: datetime) -> datetime | None:
        """The first due time later than `moment`; None when there is none any more."""

    def last_until(self, moment: datetime) -> datetime | None:
        """The last due time not later than `moment`; None when there was none yet."""

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """How many due times are later than `after` and not later than `until`; `at_most` when there are more."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Ticks that are due as `before` says until a moment, and as `after` says later than it."""

    before: Ticks | None
    """None when nothing was due."""
    until: datetime
    after: Ticks

    def first_after(self, moment: datetime) -> datetime | None:
        """As in Ticks."""
        found = self.before.first_after(moment) if self.before and moment < self.until else None
        return found if found and found <= self.until else self.after.first_after(max(moment, self.until))

    def last_until(self, moment: datetime) -> datetime | None:
        """As in Ticks."""
        found = self.after.last_until(moment) if moment > self.until else None
        if found and found > self.until:
            return found
        return self.before.last_until(min(moment, self.until)) if self.before else None

    def count(self, after: datetime, until: datetime, *, at_most: int) -> int:
        """As in Ticks."""
        found = self.before.count(after, min(until, self.until), at_most=at_most) if self.before else 0
        if until > self.until:
            found += self.after.count(max(after, self.until), until, at_most=at_most)
        return min(found, at_most)
