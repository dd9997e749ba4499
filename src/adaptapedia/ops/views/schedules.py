"""One schedule: what holds for it, what is to come, what has run, who changed it; and what may be asked of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_celery_beat.models import PeriodicTask

from adaptapedia.ops.access import OperatorRequest, administrators_only, may_start_runs, operators_only
from adaptapedia.ops.forms import BackfillForm, ExplainForm
from adaptapedia.scheduling import backfilling, pausing, queries
from adaptapedia.scheduling.actions import UnknownSchedule, request_run, schedule_named
from adaptapedia.scheduling.backfilling import Backlog, CannotBackfill
from adaptapedia.scheduling.changing import edits_of
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.explaining import explain
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.previewing import preview

RUNS_SHOWN = 10


@require_safe
@operators_only
def schedule(request: OperatorRequest, name: str) -> HttpResponse:
    """The whole page of a schedule. htmx asks for none of it."""
    found = _found(name)
    row = queries.schedule_row(found)
    runs = queries.runs(name).defer("traceback", "earlier_attempts")
    return render(
        request,
        "ops/schedule.html",
        {
            "row": row,
            "terms": terms_of(found),
            "coming": preview(found, after=timezone.now()),
            "runs": runs[:RUNS_SHOWN],
            "edits": edits_of(found),
            "paused_at": getattr(getattr(found, "companion", None), "paused_at", None),
            "explaining": ExplainForm(),
            "filling": BackfillForm(),
            "may_start_runs": may_start_runs(request.user),
        },
    )


@require_safe
@operators_only
def explanation(request: OperatorRequest, name: str) -> HttpResponse:
    """What became of the tick nearest before the moment `when`, and why."""
    asked = ExplainForm(request.GET)
    said = None
    if asked.is_valid():
        try:
            said = explain(name, at=asked.cleaned_data["when"], now=timezone.now())
        except UnknownSchedule as error:
            raise Http404(str(error)) from None
    return render(request, "ops/explanation.html", {"name": name, "explaining": asked, "said": said})


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def backfill(request: OperatorRequest, name: str) -> HttpResponse:
    """GET says what a backfill would run, POST lets it run; then to its runs."""
    if request.method == "POST":
        return _fill(request, name)
    asked = BackfillForm(request.GET)
    return _ask_to_fill(request, name, asked, _backlog(name, asked) if asked.is_valid() else None)


@administrators_only
def _fill(request: OperatorRequest, name: str) -> HttpResponse:
    asked = BackfillForm(request.POST)
    if not asked.is_valid():
        return _ask_to_fill(request, name, asked, None)
    terms = asked.cleaned_data
    try:
        _found(name)
        _backlog_of, made = backfilling.backfill(name, terms["begin"], terms["end"], by=request.user.username)
    except CannotBackfill as error:
        asked.add_error(None, str(error))
        return _ask_to_fill(request, name, asked, None)
    said = ngettext("%(count)s run was queued.", "%(count)s runs were queued, the oldest first.", len(made))
    messages.success(request, said % {"count": f"{len(made):,}"} if made else _("There was nothing to run."))
    return redirect(f"{reverse('ops:runs')}?{urlencode({'schedule': name})}")


@require_POST
@administrators_only
def run_now(request: OperatorRequest, name: str) -> HttpResponse:
    """Start a schedule's job now, or go to its run under way; of one whose row is faulty say why it cannot."""
    try:
        started, created = request_run(name, trigger=JobRun.Trigger.MANUAL, by=request.user.username)
    except UnknownSchedule as error:
        raise Http404(str(error)) from None
    except BadRule as error:
        said = _("It cannot run until its row is mended: %(fault)s.")
        messages.error(request, said % {"fault": str(error).rstrip(".")})
        return redirect("ops:schedule", name)
    if not created:
        messages.info(request, _("This run was under way already, so no second one was started."))
    return redirect("ops:run", started.pk)


@require_POST
@administrators_only
def pause(request: OperatorRequest, name: str) -> HttpResponse:
    _found(name)
    changed = pausing.pause(name)
    said = _("It is paused. A run under way goes on; what falls due from now on does not run.")
    messages.success(request, said if changed else _("It was paused already."))
    return redirect("ops:schedule", name)


@require_POST
@administrators_only
def resume(request: OperatorRequest, name: str) -> HttpResponse:
    _found(name)
    changed = pausing.resume(name)
    said = _("It is resumed and waits for its next tick. What fell due meanwhile does not run.")
    messages.success(request, said if changed else _("It was not paused."))
    return redirect("ops:schedule", name)


def _found(name: str) -> PeriodicTask:
    try:
        return schedule_named(name)
    except UnknownSchedule as error:
        raise Http404(str(error)) from None


def _backlog(name: str, asked: BackfillForm) -> Backlog | None:
    """What would run; None, with the reason beside the form, when that cannot be."""
    _found(name)
    try:
        return backfilling.backlog(name, asked.cleaned_data["begin"], asked.cleaned_data["end"])
    except CannotBackfill as error:
        asked.add_error(None, str(error))
        return None


def _ask_to_fill(request: OperatorRequest, name: str, asked: BackfillForm, found: Backlog | None) -> HttpResponse:
    _found(name)
    known: dict[str, Any] = {"name": name, "filling": asked, "backlog": found, "limit": backfilling.LIMIT}
    return render(request, "ops/backfill.html", {**known, "may_start_runs": may_start_runs(request.user)})
