"""What an operator or a job may decide about a schedule, and what follows from it by arithmetic alone."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from adaptapedia.scheduling.core.errors import BadRule

NOTHING = timedelta(0)
MILLISECOND = timedelta(milliseconds=1)
MOST_MISSED = 10_000
"""As many missed ticks of one schedule can be written at once."""
LONGEST_WAIT = timedelta(days=3650)
"""No retry is waited for longer, whatever its back-off comes to."""

_TOO_LONG = f"A wait before a retry cannot be longer than {LONGEST_WAIT.days:,} days."


class Missed(StrEnum):
    """What becomes of ticks that no beat was there for."""

    LATEST = "latest"
    """The latest runs, once."""
    ALL = "all"
    """Each runs, the oldest first, up to a bound."""
    SKIP = "skip"
    """None runs."""


class Overlap(StrEnum):
    """What becomes of a tick while an earlier run of the schedule goes on."""

    SKIP = "skip"
    QUEUE = "queue"
    """One waits."""
    CANCEL = "cancel"
    """The earlier is asked to stop."""
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of one schedule. Raises BadRule for what cannot be kept."""

    missed: Missed = Missed.LATEST
    missed_bound: int = 100
    """So many of the missed ticks run under `all`, the newest."""
    overlap: Overlap = Overlap.SKIP
    jitter: timedelta = NOTHING
    soft_limit: timedelta | None = None
    hard_limit: timedelta | None = None
    expires: timedelta | None = None
    retries: int = 0
    retry_after: timedelta = timedelta(hours=1)
    backoff: float = 1.0
    """Each wait is so many times the one before."""
    backoff_max: timedelta | None = None

    def __post_init__(self) -> None:
        for wrong, said in (
            (not 1 <= self.missed_bound <= MOST_MISSED, f"The bound of missed ticks is from 1 to {MOST_MISSED:,}."),
            (self.jitter < NOTHING, "Jitter cannot be negative."),
            (self.retries < 0, "Retries cannot be negative."),
            (self.retry_after < NOTHING, "The wait before a retry cannot be negative."),
            (max(self.retry_after, self.backoff_max or NOTHING) > LONGEST_WAIT, _TOO_LONG),
            (not self.backoff >= 1, "Back-off is a factor of at least 1."),
        ):
            if wrong:
                raise BadRule(said)

    def retry_in(self, attempt: int) -> timedelta:
        """How long to wait after an attempt, the first being 1, has failed."""
        longest = LONGEST_WAIT if self.backoff_max is None else self.backoff_max
        try:
            return min(self.retry_after * self.backoff ** (attempt - 1), longest)
        except OverflowError:
            return longest


def offset_of(name: str, jitter: timedelta) -> timedelta:
    """By how much a schedule's ticks fire late, so that those of one moment spread: less than `jitter`.

    The same on every machine and at all times, in whole milliseconds.
    """
    choices = jitter // MILLISECOND
    return MILLISECOND * (int.from_bytes(sha256(name.encode()).digest()[:8]) % choices) if choices > 0 else NOTHING
