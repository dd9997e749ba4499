"""Schedules, which administrators edit, with the policies that stand beside them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_celery_beat.models import PeriodicTask

from adaptapedia.desk.acts import Act, Nothing, Refused, act, answer
from adaptapedia.desk.pages import Page
from adaptapedia.desk.panels import link, once, table
from adaptapedia.scheduling import pages, pausing, queries
from adaptapedia.scheduling.actions import UnknownSchedule, request_run
from adaptapedia.scheduling.admin.forms import PoliciesForm, PoliciesFormSet, ScheduleForm
from adaptapedia.scheduling.admin.runs import run_page
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.describing import OF_COMPANION
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion

if TYPE_CHECKING:
    InlineBase = admin.StackedInline[ScheduleCompanion, PeriodicTask]
else:
    from unfold.admin import StackedInline as InlineBase  # has no types

LAST_RUNS = 10

admin.site.unregister(PeriodicTask)


class PoliciesInline(InlineBase):
    """What `PeriodicTask` has no column for. Whoever may edit a schedule may edit these."""

    model = ScheduleCompanion
    form = PoliciesForm
    formset = PoliciesFormSet
    verbose_name = verbose_name_plural = _("policies; what is left empty is as the job says, else the default")
    hide_title = True
    can_delete = False
    extra = min_num = max_num = 1
    fields = OF_COMPANION

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("django_celery_beat.view_periodictask")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("django_celery_beat.change_periodictask")

    has_add_permission = has_change_permission


@admin.register(PeriodicTask)
class SchedulePage(Page):
    form = ScheduleForm
    inlines = (PoliciesInline,)
    list_display = ("name", "enabled", "rule", "queue", "due", "last_run")
    list_filter = ("enabled",)
    list_select_related = queries.RULES
    search_fields = ("name", "task")
    search_help_text = _("A part of the name or of the task")
    ordering = ("name",)
    sortable_by = ("name",)
    actions = ("enable", "pause", "run_selected")
    actions_detail = ("run_now", "pause_it", "resume_it")
    readonly_fields = ("due", "last_runs", "in_operations")
    autocomplete_fields = ("crontab", "interval", "solar", "clocked")
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description", "in_operations", "due", "last_runs")}),
        (_("When"), {"fields": ("crontab", "interval", "clocked", "solar", "start_time", "one_off")}),
        (_("Arguments"), {"fields": ("args", "kwargs"), "classes": ("collapse",)}),
        (
            _("Sending"),
            {
                "fields": (*("queue", "expires", "expire_seconds", "exchange", "routing_key", "priority", "headers"),),
                "classes": ("collapse",),
            },
        ),
    )

    def has_run_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To start a run is to change what a schedule does."""
        return self.has_change_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with the number, state and start of its last run."""
        last = queries.newest_of_each()
        columns = {"last_id": "id", "last_state": "state", "last_created": "created_at"}
        latest = {name: Subquery(last.values(column)[:1]) for name, column in columns.items()}
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(**latest))

    @admin.display(description=_("When"))
    def rule(self, schedule: PeriodicTask) -> str:
        return queries.when(schedule)

    @admin.display(description=_("Next due"))
    @once
    def due(self, schedule: PeriodicTask) -> object:
        """Why beat leaves it out, where it does."""
        if schedule.pk and (fault := queries.fault_of(schedule)):
            return _("left out: %(fault)s") % {"fault": fault}
        if (at := queries.next_due(schedule)) is not None:
            return date_format(at, "SHORT_DATETIME_FORMAT")
        return _("never again") if schedule.enabled else _("paused")

    @admin.display(description=_("In operations"))
    def in_operations(self, schedule: PeriodicTask) -> object:
        """Its preview, why it did not run, and filling what did not."""
        if not schedule.pk:
            return "–"
        return link(_("preview, explanation, backfill"), pages.schedule_path(schedule.name))

    @admin.display(description=_("Last run"))
    def last_run(self, schedule: Any) -> object:
        if schedule.last_id is None:
            return _("none yet")
        state = JobRun.State(schedule.last_state).label
        began = date_format(schedule.last_created, "SHORT_DATETIME_FORMAT")
        return link(f"{state}, {began}", pages.run_path(schedule.last_id))

    @admin.display(description=_("Last runs"))
    @once
    def last_runs(self, schedule: PeriodicTask) -> object:
        found = queries.runs(schedule.name).defer("traceback", "earlier_attempts", "counts")[:LAST_RUNS]
        rows = [
            (run_page(run.pk), run.get_state_display(), run.get_trigger_display(), run.started_at, run.duration)
            for run in found
        ]
        columns = (_("Run"), _("State"), _("Started by"), _("Started"), _("Took"))
        return table(columns, rows, empty=_("It has not run yet."))

    @act(label=_("Run now"), path="run", icon="play_arrow", permission="run")
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        schedule = self.found(request, object_id)
        explanation = _("Its job starts as soon as a worker is free. A run under way is not started twice.")
        by = request.user.get_username()
        return self._ask(request, schedule, _("Run now"), explanation, lambda _given: _started(schedule.name, by=by))

    @act(label=_("Pause"), path="pause", icon="pause", permission="run")
    def pause_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        schedule = self.found(request, object_id)
        explanation = _("What falls due meanwhile does not run, not later either. A run under way goes on.")
        return self._ask(request, schedule, _("Pause"), explanation, lambda _given: _paused(schedule.name))

    @act(label=_("Resume"), path="resume", icon="resume", permission="run")
    def resume_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        schedule = self.found(request, object_id)
        explanation = _("It waits for its next tick.")
        return self._ask(request, schedule, _("Resume"), explanation, lambda _given: _resumed(schedule.name))

    def _ask(
        self,
        request: HttpRequest,
        schedule: PeriodicTask,
        title: object,
        explanation: object,
        perform: Callable[[Any], object],
    ) -> HttpResponse:
        form = Nothing(request.POST if request.method == "POST" else None)
        asked = Act(title=title, explanation=explanation, button=title, perform=perform, form=form)
        return answer(self, request, schedule, asked)

    @admin.action(description=_("Run now"), permissions=["run"])
    def run_selected(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for name in queryset.values_list("name", flat=True):
            try:
                self.message_user(request, str(_started(name, by=request.user.get_username())))
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)

    @admin.action(description=_("Resume"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        count = len(pausing.switch(queryset, on=True))
        said = ngettext("%(count)d schedule resumed.", "%(count)d schedules resumed.", count)
        self.message_user(request, said % {"count": count})

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        count = len(pausing.switch(queryset, on=False))
        said = ngettext("%(count)d schedule paused.", "%(count)d schedules paused.", count)
        self.message_user(request, said % {"count": count})


def _paused(name: str) -> object:
    return _("It is paused.") if pausing.pause(name) else _("It was paused already.")


def _resumed(name: str) -> object:
    return _("It waits for its next tick.") if pausing.resume(name) else _("It was not paused.")


def _started(name: str, *, by: str) -> object:
    try:
        run, created = request_run(name, by=by)
    except (UnknownSchedule, BadRule) as error:
        raise Refused(str(error)) from None
    if not created:
        return _("%(name)s is under way already, as run %(number)s.") % {"name": name, "number": run.pk}
    return _("%(name)s has been asked for, as run %(number)s.") % {"name": name, "number": run.pk}
