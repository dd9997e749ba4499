"""Findings ↔ rows: a trouble is open from when it is found until it is right again."""

from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Now

from adaptapedia.scheduling import pages
from adaptapedia.scheduling.models import Trouble
from adaptapedia.scheduling.watchdog.judging import BY_SCHEDULE, Finding
from adaptapedia.scheduling.wording import plain

LONGEST = 300
FOLLOWED = ("run_id", "expected", "seen", "page")
"""What of an open trouble goes with the run that it is about."""


def keep(findings: Collection[Finding], *, known: Collection[str]) -> None:
    """Open a trouble for each finding that has none, and end those that are right again.

    `known` are the schedules that kinds of `BY_SCHEDULE` were judged of; troubles of the others stay.
    One row a key is open, whoever else may be writing. It tells of the newest run in which it shows.
    """
    Trouble.objects.bulk_create([_row(finding) for finding in findings], ignore_conflicts=True)
    _follow(findings)
    judged = ~Q(kind__in=BY_SCHEDULE) | Q(schedule_name__in=known)
    right_again = Trouble.objects.filter(judged, ended_at=None).exclude(key__in=[one.key for one in findings])
    right_again.update(ended_at=Now())


def _follow(findings: Collection[Finding]) -> None:
    """Let open troubles go over to another run, as where the next run asks anew: the old one takes no answer."""
    now = {one.key: _row(one) for one in findings if one.run is not None}
    moved = [one for one in Trouble.objects.filter(ended_at=None, key__in=now) if one.run_id != now[one.key].run_id]
    for one in moved:
        for field in FOLLOWED:
            setattr(one, field, getattr(now[one.key], field))
    Trouble.objects.bulk_update(moved, FOLLOWED)


def _row(finding: Finding) -> Trouble:
    return Trouble(
        key=finding.key,
        kind=finding.kind,
        schedule_name=finding.schedule,
        run_id=finding.run,
        expected=plain(finding.expected),
        seen=plain(finding.seen),
        page=_page(finding),
        began_at=Now(),
    )


def _page(finding: Finding) -> str:
    page = pages.overview()
    if finding.run is not None:
        page = pages.run_path(finding.run)
    elif finding.schedule:
        page = pages.schedule_path(finding.schedule)
    return page if len(page) <= LONGEST else pages.overview()
