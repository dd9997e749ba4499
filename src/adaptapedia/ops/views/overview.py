"""The first page of /ops/: is all well, what runs, what comes next."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from adaptapedia.ops.access import OperatorRequest, may_start_runs, operators_only
from adaptapedia.ops.alive import processes
from adaptapedia.ops.legs import legs
from adaptapedia.ops.troubles import open_troubles, troubles
from adaptapedia.ops.upstreams import upstream_troubles, upstreams
from adaptapedia.ops.workers import worker_legs
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import ScheduleRow, runs, schedules

NEVER = datetime.max.replace(tzinfo=UTC)


@require_safe
@operators_only
def overview(request: OperatorRequest) -> HttpResponse:
    """htmx gets the live part alone: headline, what runs and the programme."""
    template = "ops/parts/overview.html" if request.htmx else "ops/overview.html"
    return render(request, template, {**_standing(), "may_start_runs": may_start_runs(request.user)})


def _standing() -> dict[str, Any]:
    now = timezone.now()
    parts = legs()
    parts += worker_legs(parts)
    rows = upstreams()
    programme = sorted(schedules(), key=_by_next_due)
    open_runs = list(runs().filter(state__in=JobRun.OPEN).defer("traceback")[:20])
    open_by_name = {run.schedule_name: run for run in open_runs}
    return {
        "troubles": [
            *troubles(parts, open_runs=open_runs, schedules=programme, noted=open_troubles(), now=now),
            *upstream_troubles(rows),
        ],
        "upstreams": rows,
        "parts": parts,
        "processes": processes(now),
        "programme": [(row, open_by_name.get(row.name)) for row in programme],
        "next_schedule": next((row for row in programme if row.next_due), None),
        "open_runs": open_runs,
        "failures": list(runs().filter(state=JobRun.State.FAILED).defer("traceback")[:5]),
        "no_run_yet": not any(row.last_run for row in programme),
        "now": now,
    }


def _by_next_due(row: ScheduleRow) -> tuple[datetime, str]:
    return row.next_due or NEVER, row.name
