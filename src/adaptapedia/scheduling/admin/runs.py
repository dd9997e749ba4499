"""Runs, which only the runner writes; administrators cancel them and run them again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from adaptapedia.desk.acts import Act, Nothing, Refused, act, answer
from adaptapedia.desk.pages import ReadOnlyPage
from adaptapedia.desk.panels import link, once, page_of, table
from adaptapedia.scheduling import naming, pages
from adaptapedia.scheduling.actions import (
    NotCancellable,
    NotRetryable,
    UnknownSchedule,
    cancel_run,
    retry_run,
)
from adaptapedia.scheduling.lines import newest_lines
from adaptapedia.scheduling.models import JobRun

if TYPE_CHECKING:
    NameFilter = admin.SimpleListFilter
else:
    NameFilter = DropdownFilter

LINES_SHOWN = 50


class OfSchedule(NameFilter):
    """By the schedules that there are, where they are few: which asks the schedules and not the runs."""

    title = _("schedule")
    parameter_name = "schedule_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        chosen = [name for name in request.GET.getlist(self.parameter_name) if name]
        return [(name, name) for name in naming.names_if_few() or chosen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        return queryset.filter(schedule_name=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunPage(ReadOnlyPage):
    list_display = ("id", "its_schedule", "state", "trigger", "attempt", "due_at", "started_at", "finished_at", "live")
    list_filter = (("state", ChoicesDropdownFilter), ("trigger", ChoicesDropdownFilter), OfSchedule)
    list_select_related = ("schedule",)
    actions = ("cancel_selected", "retry_selected")
    actions_detail = ("cancel_it", "retry_it")
    search_fields = ("schedule_name",)
    search_help_text = _("A run's number, a schedule's whole name, or words of the error")
    fields = (
        *("live", "its_schedule", "task", "queue", "arguments", "trigger", "state", "reason", "attempt", "worker"),
        *("due_at", "due_until", "ticks", "expires_at", "created_at", "sent_at", "started_at", "heartbeat_at"),
        *("next_attempt_at", "finished_at", "cancel_requested_at", "cancelled_by", "done", "total", "step", "counts"),
        *("suspicion", "error", "traceback"),
        *("question", "answer", "answered_by", "answered_at"),
        *("earlier_attempts", "log"),
    )
    readonly_fields = fields

    def may_act(self, request: HttpRequest, row: Model) -> bool:
        return self.has_act_permission(request)

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To stop a run or start another is to change what a schedule does."""
        return request.user.has_perm("django_celery_beat.change_periodictask")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("traceback", "earlier_attempts")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A number or a name by its index; only other words are looked for in the errors of what failed."""
        if not (term := search_term.strip()):
            return queryset, False
        if term.isdecimal():
            return queryset.filter(pk=int(term)), False
        if queryset.filter(schedule_name=term).exists():
            return queryset.filter(schedule_name=term), False
        told = Q(error__icontains=term) | Q(reason__icontains=term)
        return queryset.filter(told, state__in=(JobRun.State.FAILED, JobRun.State.SKIPPED)), False

    @admin.display(description=_("schedule"))
    def its_schedule(self, run: JobRun) -> object:
        return page_of(run.schedule, text=run.schedule_name) if run.schedule else run.schedule_name

    @admin.display(description=_("in operations"))
    def live(self, run: JobRun) -> object:
        return run_page(run.pk)

    @admin.display(description=_("log, the newest first"))
    @once
    def log(self, run: JobRun) -> object:
        lines = [(line.at, line.level, line.text) for line in newest_lines(run, LINES_SHOWN)[::-1]]
        return table((_("At"), _("Level"), _("Line")), lines, empty=_("It has logged nothing."))

    @act(label=_("Cancel"), path="cancel", icon="stop_circle", permission="act")
    def cancel_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = self.found(request, object_id)
        asked = Act(
            title=_("Cancel"),
            explanation=_(
                "A run under way is asked to stop and killed when it does not; any other ends at once. "
                "It is not tried again."
            ),
            button=_("Cancel the run"),
            perform=lambda _given: _cancelled(run, by=request.user.get_username()),
            form=Nothing(request.POST if request.method == "POST" else None),
        )
        return answer(self, request, run, asked)

    @act(label=_("Run again"), path="retry", icon="replay", permission="act")
    def retry_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = self.found(request, object_id)
        asked = Act(
            title=_("Run again"),
            explanation=_(
                "What it was to do is done again, with its arguments and its due time, as a run of its own. It starts "
                "when the runs of its schedule that are open have ended, unless these may go side by side."
            ),
            button=_("Run again"),
            perform=lambda _given: _retried(run, by=request.user.get_username()),
            form=Nothing(request.POST if request.method == "POST" else None),
        )
        return answer(self, request, run, asked)

    @admin.action(description=_("Cancel"), permissions=["act"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> None:
        self._each(request, queryset, _cancelled)

    @admin.action(description=_("Run again"), permissions=["act"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> None:
        self._each(request, queryset, _retried)

    def _each(self, request: HttpRequest, runs: QuerySet[JobRun], perform: Callable[..., object]) -> None:
        for run in runs.order_by("pk"):
            try:
                self.message_user(request, f"{run}: {perform(run, by=request.user.get_username())}")
            except Refused as refusal:
                self.message_user(request, f"{run}: {refusal}", messages.ERROR)


def run_page(run_id: int) -> object:
    """A link to a run's page in operations."""
    return link(_("run %(number)s") % {"number": run_id}, pages.run_path(run_id))


def _cancelled(run: JobRun, *, by: str) -> object:
    try:
        stopped = cancel_run(run, by=by)
    except NotCancellable as error:
        raise Refused(str(error)) from None
    ended = stopped.state == JobRun.State.CANCELLED
    return _("It is cancelled.") if ended else _("It has been asked to stop.")


def _retried(run: JobRun, *, by: str) -> object:
    try:
        new, created = retry_run(run, by=by)
    except (NotRetryable, UnknownSchedule) as error:
        raise Refused(str(error)) from None
    if not created:
        return _("%(name)s is under way already, as run %(number)s.") % {"name": run.schedule_name, "number": new.pk}
    told = {"name": run.schedule_name, "number": new.pk, "behind": new.behind}
    if new.behind:
        return _("%(name)s has been asked for, as run %(number)s, which starts when run %(behind)s has ended.") % told
    return _("%(name)s has been asked for, as run %(number)s.") % told
