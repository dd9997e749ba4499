"""Runs: the list, one of them live with what it logs, and what may be done to one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_celery_beat.models import PeriodicTask

from adaptapedia.ops.access import OperatorRequest, administrators_only, may_start_runs, operators_only
from adaptapedia.ops.forms import RunFilter
from adaptapedia.ops.paging import page_before
from adaptapedia.ops.troubles import silent_for, untaken_for
from adaptapedia.scheduling.actions import (
    NotAsked,
    NotCancellable,
    NotRetryable,
    UnknownAnswer,
    UnknownSchedule,
    answer_run,
    cancel_run,
    retry_run,
)
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.lines import newest_lines
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.naming import names_if_few, names_with
from adaptapedia.scheduling.queries import runs as runs_of
from adaptapedia.scheduling.terms import spec_for

LINES_SHOWN = 50


@require_safe
@operators_only
def runs(request: OperatorRequest) -> HttpResponse:
    """Filtered by `schedule` and `state`, the newest first, from before the run `before`.

    A schedule is chosen where there are few; among more its name is typed, and a part of it finds those that have it.
    """
    wanted = RunFilter(request.GET)
    schedule, state, names = wanted.asked("schedule"), wanted.asked("state"), names_if_few()
    found = runs_of(schedule).defer("traceback", "earlier_attempts")
    page = page_before(found.filter(state=state) if state else found, wanted.asked("before"))
    known: dict[str, Any] = {"page": page, "schedule": schedule, "state": state, "names": names}
    meant = names_with(schedule) if schedule and not (names or page.rows) else []
    return render(request, "ops/runs.html", {**known, "meant": meant, "states": JobRun.State.choices})


@require_safe
@operators_only
def run(request: OperatorRequest, run_id: int) -> HttpResponse:
    """One run, whole. htmx asks again while it is open and gets the live part alone."""
    found = get_object_or_404(JobRun.objects.select_related("schedule__companion"), pk=run_id)
    template = "ops/parts/run.html" if request.htmx else "ops/run.html"
    return render(
        request,
        template,
        {
            "run": found,
            "open": found.state in JobRun.OPEN,
            "again": found.state not in {JobRun.State.QUEUED, JobRun.State.RUNNING, JobRun.State.ASKING},
            "untaken_for": untaken_for(found, timezone.now()),
            "silent_for": silent_for(found, timezone.now()),
            "about": spec_for(found.task).doc,
            "retries": _retries(found.schedule) if found.schedule else "",
            "may_start_runs": may_start_runs(request.user),
            "lines": newest_lines(found, LINES_SHOWN)[::-1],
            "lines_shown": LINES_SHOWN,
        },
    )


def _retries(schedule: PeriodicTask) -> str:
    """How often a schedule's runs are tried again, by the terms that hold for it, and after what time."""
    terms = {term.name: term for term in terms_of(schedule)}
    if not terms["retries"].value:
        return "0"
    said = {"count": terms["retries"].value, "time": terms["retry_after"].in_words, "factor": terms["backoff"].in_words}
    if terms["backoff"].value > 1:
        return _("%(count)d, the first after %(time)s, each wait %(factor)s times the one before") % said
    return _("%(count)d, each after %(time)s") % said


@require_POST
@administrators_only
def answer(request: OperatorRequest, run_id: int) -> HttpResponse:
    """Answer what a run asks; it goes on."""
    found = get_object_or_404(JobRun, pk=run_id)
    try:
        answer_run(found, request.POST.get("answer", ""), by=request.user.username)
    except NotAsked as error:
        messages.info(request, str(error))
    except UnknownAnswer as error:
        messages.error(request, str(error))
    return redirect("ops:run", found.pk)


@require_POST
@administrators_only
def retry(request: OperatorRequest, run_id: int) -> HttpResponse:
    """Run again what a run was to do; go to the new run, or to that which does it already."""
    found = get_object_or_404(JobRun, pk=run_id)
    try:
        started, created = retry_run(found, by=request.user.username)
    except (NotRetryable, UnknownSchedule) as error:
        messages.error(request, str(error))
        return redirect("ops:run", found.pk)
    if not created:
        messages.info(request, _("This run was under way already, so no second one was started."))
    return redirect("ops:run", started.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def cancel(request: OperatorRequest, run_id: int) -> HttpResponse:
    """GET asks whether, POST cancels."""
    found = get_object_or_404(JobRun.objects.select_related("schedule"), pk=run_id)
    if request.method != "POST" and found.state in JobRun.OPEN:
        return render(request, "ops/cancel.html", {"run": found})
    try:
        stopped = cancel_run(found, by=request.user.username)
    except NotCancellable as error:
        messages.info(request, str(error))
    else:
        ended = stopped.state == JobRun.State.CANCELLED
        messages.success(request, _("It is cancelled.") if ended else _("It has been asked to stop."))
    return redirect("ops:run", found.pk)


@require_safe
@operators_only
def lines(request: OperatorRequest, run_id: int) -> HttpResponse:
    """All that is kept of what a run logged, the oldest first."""
    found = get_object_or_404(JobRun.objects.defer("traceback"), pk=run_id)
    return render(request, "ops/lines.html", {"run": found, "lines": found.lines.all()})
