from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adaptapedia.scheduling.core.errors import BadRule
from adaptapedia.scheduling.core.reckoning import Mark, Plan, Reckoning, reckon


class Deposed(Exception):
    """The epoch is not ours any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    id: int
    name: str
    plan: Plan
    mark: Mark


@dataclass(frozen=True, slots=True)
class Outcome:
    id: int
    name: str
    reckoning: Reckoning


def settle(standings: Sequence[Standing], now: datetime) -> tuple[list[Outcome], list[tuple[Standing, BadRule]]]:
    done, bad = [], []
    for one in standings:
        try:
            done.append(Outcome(one.id, one.name, reckon(one.plan, one.mark, now)))
        except BadRule as error:
            bad.append((one, error))
    return done, bad
