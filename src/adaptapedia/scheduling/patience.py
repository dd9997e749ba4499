"""Writing to a database that may be away for a while."""

from collections.abc import Callable
from typing import TypeVar

import stamina
from django.db import InterfaceError, OperationalError, connection

from adaptapedia.scheduling.timing import timing

T = TypeVar("T")

UNREACHABLE = (OperationalError, InterfaceError)
CONNECTION_EXCEPTION = "08"
"""Class of SQLSTATE; the client's own errors have no state at all."""
SHUTTING_DOWN = {"57P01", "57P02", "57P03"}
"""admin_shutdown, crash_shutdown, cannot_connect_now: PostgreSQL's manual, appendix A."""


def is_cut_off(error: OperationalError | InterfaceError) -> bool:
    """Whether the connection is gone or the server going: not a lock or a query that took too long."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(CONNECTION_EXCEPTION) or state in SHUTTING_DOWN


def patiently(write: Callable[[], T]) -> T:
    """Do `write` again on a fresh connection while the database is away, for as long as `timing` says."""
    for attempt in stamina.retry_context(
        on=UNREACHABLE, attempts=None, timeout=timing().write_within, wait_initial=0.2, wait_max=3
    ):
        with attempt:
            try:
                return write()
            except UNREACHABLE:
                connection.close()
                raise
    raise AssertionError("stamina raises when its time is up")
