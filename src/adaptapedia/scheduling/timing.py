"""How patient the machinery is. A project may set `SCHEDULING_TIMING = {"lost_after": timedelta(...), …}`."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Timing:
    """All times between the parts of one installation; workers and beats must agree on them."""

    heartbeat: timedelta = timedelta(seconds=5)
    """How often a running attempt shows that it lives."""
    lost_after: timedelta = timedelta(seconds=30)
    """An attempt without a heartbeat for this long has lost its worker."""
    resend_after: timedelta = timedelta(seconds=60)
    """A message not taken within this time is sent again, then after twice that, and so on."""
    losses: int = 3
    """So often may one attempt lose its worker before the run fails."""
    cancel_within: timedelta = timedelta(seconds=30)
    """How long an attempt whose run was cancelled may take to stop by itself; then it is killed."""
    write_within: timedelta = timedelta(seconds=60)
    """How long the result of an attempt is tried to be written while the database is away."""
    watch_every: timedelta = timedelta(seconds=15)
    """How often the watchdog of a beat looks around."""


def timing() -> Timing:
    """The times that the settings give, or the defaults."""
    return Timing(**getattr(settings, "SCHEDULING_TIMING", {}))
