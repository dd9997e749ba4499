"""The step of a beat, real or simulated: read what is `due`, `settle` it, and `write` what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adaptapedia.scheduling.core.reckoning import Mark, Plan, Reckoning, reckon

LEASE = timedelta(seconds=5)
"""A leader that has not renewed its lease for so long hangs: the next one ends its session."""


class Deposed(Exception):
    """The epoch is not ours any more: another beat leads, and nothing was written."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule as the store has it."""

    id: int
    name: str
    plan: Plan
    mark: Mark


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be written of one schedule."""

    id: int
    name: str
    reckoning: Reckoning


Written = tuple[int, datetime]
"""A tick that is now a run, to be sent: its schedule's id and when it was due."""
Refused = tuple[Standing, Exception]
"""A schedule that could not be reckoned, and why."""


class Store(Protocol):
    """Where schedules stand and ticks are written."""

    def now(self) -> datetime:
        """The store's clock, by which all beats go."""

    def due(self, epoch: int, *, limit: int) -> list[Standing]:
        """Schedules to reckon: enabled and firing by now, or edited since they were last reckoned.

        Raises Deposed.
        """

    def write(self, epoch: int, outcomes: Sequence[Outcome]) -> list[Written]:
        """Write all in one transaction: ticks, each once, gaps and marks. The ticks that are new.

        Raises Deposed, having written nothing, when the epoch is another's by then.
        """


def settle(standings: Sequence[Standing], now: datetime, *, refused: list[Refused] | None = None) -> list[Outcome]:
    """What is to be written of each schedule. One that cannot be reckoned is left out and added to `refused`."""
    outcomes = []
    for standing in standings:
        try:
            reckoning = reckon(standing.plan, standing.mark, now)
        except (ValueError, OverflowError) as error:  # BadRule, and dates beyond what a datetime can tell
            if refused is not None:
                refused.append((standing, error))
        else:
            outcomes.append(Outcome(standing.id, standing.name, reckoning))
    return outcomes
