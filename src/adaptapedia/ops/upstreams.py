"""How the budgets of the upstreams stand, as all workers share them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from adaptapedia.ingest.upstreams import every_budget
from adaptapedia.kit.budget import Budget, BudgetState, Limits
from adaptapedia.ops.legs import State
from adaptapedia.ops.troubles import Trouble
from adaptapedia.ops.words import plain, span, stamp


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """One upstream as the overview shows it: what it allows, and how it stands, each in a few words."""

    name: str
    allowed: str
    state: State
    detail: str
    standing: BudgetState | None
    """None while the Valkey does not answer."""


def upstreams() -> list[UpstreamRow]:
    """Every upstream, and of Wikidata each endpoint, in their order."""
    now = timezone.now()
    return [_row(budget, now) for budget in every_budget()]


def upstream_troubles(rows: list[UpstreamRow]) -> Iterator[Trouble]:
    """Upstreams that nobody asks for the time being."""
    for row in rows:
        if row.state is State.DOWN:
            remedy = _("Nothing to do: one request tries it then. If it stays so, see the newest failures.")
            yield Trouble(f"{row.name}: {row.detail}.", remedy)


def _row(shared: Budget, now: datetime) -> UpstreamRow:
    with closing(shared) as budget:
        allowed = _allowed(budget.limits)
        try:
            standing = budget.state()
        except RedisError:
            return UpstreamRow(budget.name, allowed, State.DEGRADED, _("cannot be known without the cache"), None)
    state, detail = _told(standing, now)
    return UpstreamRow(shared.name, allowed, state, detail, standing)


def _allowed(limits: Limits) -> str:
    if limits.one_at_a_time:
        return _("one query at a time, %(rate)g s of query time a second") % {"rate": limits.rate}
    return _("%(rate)g requests a second") % {"rate": limits.rate}


def _told(standing: BudgetState, now: datetime) -> tuple[State, str]:
    if standing.open_until is not None:
        failures = {"failures": plain(standing.failures), "when": stamp(standing.open_until)}
        if standing.open_until > now:
            return State.DOWN, _("not asked until %(when)s, after %(failures)s failures in a row") % failures
        return State.DEGRADED, _("the next request tries it again, after %(failures)s failures in a row") % failures
    if standing.paused_until is not None:
        return State.DEGRADED, _("asked us to pause for another %s") % span(standing.paused_until - now)
    if standing.failures:
        failed = ngettext("the last request failed", "the last %(failures)s requests failed", standing.failures)
        return State.DEGRADED, failed % {"failures": plain(standing.failures)}
    if not standing.asked:
        return State.WELL, _("not asked lately")
    said = {"asked": plain(standing.asked), "limited": plain(standing.limited), "failed": plain(standing.failed)}
    return State.WELL, _("%(asked)s requests lately, %(limited)s answered with a pause, %(failed)s failed") % said
