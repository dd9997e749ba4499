"""How often somebody may ask: counted in the shared cache, by every process in the same fixed windows.

Without the cache readers are let in uncounted, and what guesses could be made at is closed; that is logged
once in a while.
"""

import hashlib
import ipaddress
import logging
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis import Redis
from redis.exceptions import RedisError

from adaptapedia.api import problems
from adaptapedia.api.problems import Problem
from adaptapedia.desk.addresses import client_address

CACHE_LEFT_ALONE_FOR = 5.0
"""Seconds after it failed, so that a cache that hangs does not hold up every request."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in so many seconds, under a name of its own. `strict`: what cannot be counted is refused."""

    name: str
    limit: int
    seconds: int
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """Where somebody stands in the window that runs now: how many were asked, and when it ends."""

    quota: Quota
    count: int
    ends_in: int

    @property
    def remaining(self) -> int:
        return max(self.quota.limit - self.count, 0)

    @property
    def exceeded(self) -> bool:
        return self.count > self.quota.limit

    def refusal(self) -> Problem:
        """What is said to somebody who has exceeded it."""
        detail = ngettext(
            "More than %(limit)d requests came within the window. Try again in %(wait)d second.",
            "More than %(limit)d requests came within the window. Try again in %(wait)d seconds.",
            self.ends_in,
        ) % {"limit": self.quota.limit, "wait": self.ends_in}
        return Problem(problems.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(self.ends_in)})


def anonymous() -> Quota:
    """Of an address whose requests carry no token."""
    return Quota("anonymous", settings.API_ANONYMOUS_REQUESTS, settings.API_WINDOW)


def signed_in() -> Quota:
    """Of an account, wherever it asks from."""
    return Quota("signed-in", settings.API_SIGNED_IN_REQUESTS, settings.API_WINDOW)


def tokens() -> Quota:
    """Of an address at the endpoints that give out tokens."""
    return Quota("tokens", settings.API_TOKEN_REQUESTS, settings.API_WINDOW, strict=True)


def guesses() -> Quota:
    """Of attempts to sign in to one account that failed, from anywhere."""
    return Quota("guesses", settings.API_TOKEN_GUESSES, settings.API_TOKEN_GUESS_WINDOW, strict=True)


def spend(quota: Quota, who: str, *, cost: int = 1) -> Spent:
    """Count `cost` requests of somebody (an address, an account), or none, and say where they stand.

    Raises Problem when a strict quota cannot be spent from; what is given back to one may be lost.
    """
    now = time.time()
    window = math.floor(now / quota.seconds)
    ends_in = max(math.ceil((window + 1) * quota.seconds - now), 1)
    count = _count(f"api:{quota.name}:{_short(who)}:{window}", quota.seconds, cost)
    if count is None and quota.strict and cost > 0:
        raise problems.unavailable(_("Tries cannot be counted now, so none is let through. Nothing has been changed."))
    return Spent(quota, count or 0, ends_in)


def tell(answer: HttpResponseBase, spent: Spent) -> None:
    """Write where somebody stands into the headers, in the old words and in those of the IETF's draft."""
    quota = spent.quota
    answer["RateLimit-Limit"] = str(quota.limit)
    answer["RateLimit-Remaining"] = str(spent.remaining)
    answer["RateLimit-Reset"] = str(spent.ends_in)
    answer["RateLimit-Policy"] = f'"{quota.name}";q={quota.limit};w={quota.seconds}'
    answer["RateLimit"] = f'"{quota.name}";r={spent.remaining};t={spent.ends_in}'


def address_of(request: HttpRequest) -> str:
    """Whom an anonymous request counts for: an IPv4 address, or the network of 64 bits that an IPv6 one is in."""
    address = ipaddress.ip_address(client_address(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


_failed_at = -math.inf


def _count(key: str, seconds: int, cost: int) -> int | None:
    """How many there are now; None while the cache is away."""
    global _failed_at
    if time.monotonic() - _failed_at < CACHE_LEFT_ALONE_FOR:
        return None
    try:
        with _counters().pipeline(transaction=False) as pipeline:
            pipeline.incrby(key, cost)
            pipeline.expire(key, 2 * seconds)
            return int(pipeline.execute()[0])
    except RedisError as error:
        _failed_at = time.monotonic()
        log.warning("Requests are not counted, the cache cannot be reached: %s", error)
        return None


@lru_cache(maxsize=1)
def _counters() -> Redis:
    """The cache's own server, by a connection that increments and expires in one go."""
    location = str(settings.CACHES["default"]["LOCATION"])
    return Redis.from_url(location, socket_connect_timeout=1, socket_timeout=1)


def _short(who: str) -> str:
    return hashlib.blake2b(who.encode(errors="replace"), digest_size=12).hexdigest()
