"""Maintenance: readers get one page (programs a problem, which the API makes of it), switched without a restart.

The switch is a value in the cache, so that it works while the database is away. A process looks at it every
two seconds; while the cache is away it goes on with what it last knew, and that is "off" at the beginning.
"""

import logging
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from redis.exceptions import RedisError

KEY = "maintenance"
LOOKED_AT_EVERY = 2.0
WITHOUT_CACHE_EVERY = 10.0
"""Seconds. A cache that hangs costs its timeout, so it is asked less often."""
RETRY_AFTER = timedelta(minutes=5)
"""What is asked for when nobody said how long it takes, or it takes longer than was said."""
OPEN = re.compile(r"/(healthz|readyz|metrics)$|/(ops|admin|static|theme)/|/accounts/(login|logout|reauthenticate|2fa)/")
"""What operators, probes and the page itself need: addresses that answer as always."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Since when it lasts, until when it should, and what to tell people (may be empty)."""

    since: datetime
    until: datetime | None = None
    message: str = ""

    def retry_after(self, now: datetime) -> int:
        """Seconds after which to come back: until it should be over, or five minutes."""
        left = self.until - now if self.until else timedelta(0)
        return math.ceil((left if left > timedelta(0) else RETRY_AFTER).total_seconds())


def begin_maintenance(*, message: str = "", until: datetime | None = None) -> Maintenance:
    """Switch it on, or change what is said while it is on. Raises RedisError."""
    running = maintenance()
    begun = Maintenance(since=running.since if running else timezone.now(), until=until, message=message)
    cache.set(KEY, (begun.since, begun.until, begun.message), timeout=None)
    return begun


def end_maintenance() -> bool:
    """Switch it off; whether it was on. Raises RedisError."""
    return bool(cache.delete(KEY))


def maintenance() -> Maintenance | None:
    """What the switch says now; None when it is off. Raises RedisError."""
    kept = cache.get(KEY)
    try:
        return Maintenance(*kept) if kept else None
    except TypeError:  # Kept by another version. An upgrade is no reason to let readers in.
        return Maintenance(since=timezone.now())


class Lookout:
    """The switch as one process knows it: looked at when two seconds have passed since it last was."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: Maintenance | None = None
        self._due = -math.inf

    def maintenance(self) -> Maintenance | None:
        """As above, and never an error."""
        if (now := self._clock()) >= self._due:
            self._due = now + LOOKED_AT_EVERY
            try:
                self._known = maintenance()
            except RedisError as error:
                self._due = now + WITHOUT_CACHE_EVERY
                log.warning("Whether there is maintenance cannot be read, the last answer stands: %s", error)
        return self._known


class MaintenanceMode:
    """Middleware: 503 with Retry-After for everything but `OPEN`, while the switch is on.

    Stands before sessions and sign-in, so that it needs no database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._lookout = Lookout()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if OPEN.match(request.path_info):
            return self._get_response(request)
        now = self._lookout.maintenance()
        if now is None:
            return self._get_response(request)
        request.maintenance = now  # type: ignore[attr-defined] # read by the API, which tells it in its own form
        return refusal(request, now)


def refusal(request: HttpRequest, running: Maintenance) -> HttpResponseBase:
    """A page that nobody keeps."""
    response = render(request, "web/maintenance.html", {"maintenance": running}, status=503)
    response.headers["Retry-After"] = str(running.retry_after(timezone.now()))
    add_never_cache_headers(response)
    return response
