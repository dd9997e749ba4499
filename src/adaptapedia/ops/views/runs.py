"""Runs: the list, one of them live, and starting one."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from adaptapedia.ops.access import OperatorRequest, administrators_only, may_start_runs, operators_only
from adaptapedia.ops.forms import RunFilter
from adaptapedia.ops.paging import page_before
from adaptapedia.ops.troubles import silent_for, untaken_for
from adaptapedia.scheduling.actions import NotAsked, UnknownAnswer, UnknownSchedule, answer_run, request_run
from adaptapedia.scheduling.jobs import registry
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.queries import names
from adaptapedia.scheduling.queries import runs as runs_of


@require_safe
@operators_only
def runs(request: OperatorRequest) -> HttpResponse:
    """Filtered by `schedule` and `state`, the newest first, from before the run `before`."""
    wanted = RunFilter(request.GET)
    found = runs_of(wanted.asked("schedule")).defer("traceback", "earlier_attempts")
    if state := wanted.asked("state"):
        found = found.filter(state=state)
    return render(
        request,
        "ops/runs.html",
        {
            "page": page_before(found, wanted.asked("before")),
            "schedule": wanted.asked("schedule"),
            "state": wanted.asked("state"),
            "names": names(),
            "states": JobRun.State.choices,
        },
    )


@require_safe
@operators_only
def run(request: OperatorRequest, run_id: int) -> HttpResponse:
    """One run, whole. htmx asks again while it is open and gets the live part alone."""
    found = get_object_or_404(JobRun.objects.select_related("schedule"), pk=run_id)
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
            "spec": registry.get(found.schedule_name),
            "may_start_runs": may_start_runs(request.user),
        },
    )


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
def run_now(request: OperatorRequest, name: str) -> HttpResponse:
    """Start a schedule's job now, or go to its run under way."""
    try:
        started, created = request_run(name, trigger=JobRun.Trigger.MANUAL, by=request.user.username)
    except UnknownSchedule as error:
        raise Http404(str(error)) from None
    if not created:
        messages.info(request, _("This run was under way already, so no second one was started."))
    return redirect("ops:run", started.pk)
