"""The first page of /ops/: is all well, what runs, what comes next."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Min, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from adaptapedia.ops.access import OperatorRequest, may_start_runs, operators_only
from adaptapedia.ops.alive import processes
from adaptapedia.ops.forms import ScheduleFilter
from adaptapedia.ops.legs import legs
from adaptapedia.ops.programme import Programme
from adaptapedia.ops.troubles import open_troubles, troubles
from adaptapedia.ops.upstreams import upstream_troubles, upstreams
from adaptapedia.ops.workers import worker_legs
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import runs

OPEN_RUNS = 20


@require_safe
@operators_only
def overview(request: OperatorRequest) -> HttpResponse:
    """Of the programme what is asked for: a part of it by `q` and `only`, from behind the name `after`.

    htmx gets what changes by itself, without the form that finds a schedule.
    """
    programme = Programme.of(ScheduleFilter(request.GET))
    known = {**_standing(programme), "may_start_runs": may_start_runs(request.user)}
    return render(request, "ops/parts/overview.html" if request.htmx else "ops/overview.html", known)


def _standing(programme: Programme) -> dict[str, Any]:
    now = timezone.now()
    parts = legs()
    parts += worker_legs(parts)
    rows = upstreams()
    every_open = runs().filter(state__in=JobRun.OPEN).defer("traceback")
    open_runs = [*every_open.annotate(of=Window(Count("pk")))[:OPEN_RUNS]]
    seen = troubles(parts, open_runs=open_runs, schedules=programme.in_trouble, noted=open_troubles(), now=now)
    watched = _watched(programme, open_runs)
    failures = [*runs().filter(state=JobRun.State.FAILED).defer("traceback")[:5]]
    told = [*seen, *upstream_troubles(rows)]
    return {
        "troubles": told,
        "needs": len(told) + programme.untold,
        "upstreams": rows,
        "parts": parts,
        "processes": processes(now),
        "programme": programme,
        "conditions": [] if programme.whole else programme.conditions,
        "listed": [(row, watched.get(row.name)) for row in programme.rows],
        "open_runs": open_runs,
        "open_count": open_runs[0].of if open_runs else 0,
        "failures": failures,
        "no_run_yet": not (open_runs or failures or any(row.last_run for row in programme.rows) or runs().exists()),
        "now": now,
    }


def _watched(programme: Programme, open_runs: Sequence[JobRun]) -> dict[str, int]:
    """By the names on the page the oldest run that is not over: that which goes on, or is the next to."""
    if len(open_runs) < OPEN_RUNS:
        return {run.schedule_name: run.pk for run in open_runs}
    names = [row.name for row in programme.rows]
    found = runs().filter(state__in=JobRun.OPEN, schedule_name__in=names).order_by()
    return dict(found.values_list("schedule_name").annotate(Min("pk")))
