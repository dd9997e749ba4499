"""The plan of a row for whoever shows it to people: what cannot be reckoned is told as its fault, and is no error.

A row may hold what no calendar does: a start in the year 1, an interval or a jitter of a million years.
"""

from datetime import datetime

from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.core.reckoning import Mark, Plan, Reckoning, reckon
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.plans import Schedule, plan_of


def reckonable(schedule: PeriodicTask | Schedule) -> Plan:
    """Its plan, which has been tried: what comes before and after now can be told. Raises BadRule, with a sentence."""
    now = timezone.now()
    try:
        plan = plan_of(schedule)
        reckon(plan, Mark(edited_at=now), now)
        plan.last_until(now)
    except (ValueError, OverflowError) as error:
        raise _fault(error) from None
    return plan


def reckoned(row: Schedule, now: datetime) -> Reckoning:
    """What has become of its ticks from its mark until now. Raises BadRule, with a sentence."""
    try:
        return reckon(plan_of(row), row.mark, now)
    except (ValueError, OverflowError) as error:
        raise _fault(error) from None


def _fault(error: Exception) -> BadRule:
    return error if isinstance(error, BadRule) else BadRule(f"its times are beyond what can be reckoned: {error}")
