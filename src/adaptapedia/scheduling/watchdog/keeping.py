"""Findings ↔ rows: a trouble is open from when it is found until it is right again."""

from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Now

from adaptapedia.scheduling import pages
from adaptapedia.scheduling.models import Trouble
from adaptapedia.scheduling.watchdog.judging import BY_SCHEDULE, Finding
from adaptapedia.scheduling.wording import plain

LONGEST = 300


def keep(findings: Collection[Finding], *, known: Collection[str]) -> None:
    """Open a trouble for each finding that has none, and end those that are right again.

    `known` are the schedules that kinds of `BY_SCHEDULE` were judged of; troubles of the others stay.
    One row a key is open, whoever else may be writing.
    """
    Trouble.objects.bulk_create([_row(finding) for finding in findings], ignore_conflicts=True)
    judged = ~Q(kind__in=BY_SCHEDULE) | Q(schedule_name__in=known)
    right_again = Trouble.objects.filter(judged, ended_at=None).exclude(key__in=[one.key for one in findings])
    right_again.update(ended_at=Now())


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
