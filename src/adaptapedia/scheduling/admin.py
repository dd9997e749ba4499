"""Schedules, which administrators edit, and their runs, which only the runner writes."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

import django_celery_beat.admin as beat
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    PeriodicTasks,
    SolarSchedule,
)
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from adaptapedia.desk.acts import Act, Nothing, Refused, act, answer
from adaptapedia.desk.pages import Page, ReadOnlyPage
from adaptapedia.desk.panels import More, link, once, page_of, run_page, table
from adaptapedia.scheduling import queries
from adaptapedia.scheduling.actions import UnknownSchedule, request_run
from adaptapedia.scheduling.models import JobRun

if TYPE_CHECKING:
    FormBase = forms.ModelForm[Any]
    TaskSelect = forms.Select
    NameFilter = admin.SimpleListFilter
else:
    FormBase = beat.PeriodicTaskForm  # has no types

    class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
        """django-celery-beat's, in unfold's clothes."""

    NameFilter = DropdownFilter

RULES = (ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule)
LAST_RUNS = 10

for model in (PeriodicTask, *RULES):
    admin.site.unregister(model)


class ScheduleForm(FormBase):
    """django-celery-beat's form: a task that is registered, or any other by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, widget in (("regtask", TaskSelect), ("task", UnfoldAdminTextInputWidget)):
            if name in self.fields:
                self.fields[name].widget = widget()


@admin.register(PeriodicTask)
class SchedulePage(Page):
    form = ScheduleForm
    list_display = ("name", "enabled", "rule", "queue", "due", "last_run")
    list_filter = ("enabled",)
    list_select_related = queries.RULES
    search_fields = ("name", "task")
    search_help_text = _("A part of the name or of the task")
    ordering = ("name",)
    sortable_by = ("name",)
    actions = ("enable", "pause", "run_selected")
    actions_detail = ("run_now",)
    readonly_fields = ("due", "last_runs")
    autocomplete_fields = ("crontab", "interval", "solar", "clocked")
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description", "due", "last_runs")}),
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
        last = queries.runs().filter(schedule_name=OuterRef("name"))
        columns = {"last_id": "id", "last_state": "state", "last_created": "created_at"}
        latest = {name: Subquery(last.values(column)[:1]) for name, column in columns.items()}
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(**latest))

    @admin.display(description=_("When"))
    def rule(self, schedule: PeriodicTask) -> str:
        return queries.when(schedule)

    @admin.display(description=_("Next due"))
    @once
    def due(self, schedule: PeriodicTask) -> object:
        if (at := queries.next_due(schedule)) is not None:
            return date_format(at, "SHORT_DATETIME_FORMAT")
        return _("never again") if schedule.enabled else _("paused")

    @admin.display(description=_("Last run"))
    def last_run(self, schedule: Any) -> object:
        if schedule.last_id is None:
            return _("none yet")
        state = JobRun.State(schedule.last_state).label
        began = date_format(schedule.last_created, "SHORT_DATETIME_FORMAT")
        return link(f"{state}, {began}", f"/ops/runs/{schedule.last_id}/")

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
        return answer(
            self,
            request,
            schedule,
            Act(
                title=_("Run now"),
                explanation=_("Its job starts as soon as a worker is free. A run under way is not started twice."),
                button=_("Run now"),
                perform=lambda given: _started(schedule.name, by=request.user.get_username()),
                form=Nothing(request.POST if request.method == "POST" else None),
            ),
        )

    @admin.action(description=_("Run now"), permissions=["run"])
    def run_selected(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        for name in queryset.values_list("name", flat=True):
            try:
                self.message_user(request, str(_started(name, by=request.user.get_username())))
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)

    @admin.action(description=_("Enable"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        count = _switch(queryset, on=True)
        said = ngettext("%(count)d schedule enabled.", "%(count)d schedules enabled.", count)
        self.message_user(request, said % {"count": count})

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        count = _switch(queryset, on=False)
        said = ngettext("%(count)d schedule paused.", "%(count)d schedules paused.", count)
        self.message_user(request, said % {"count": count})


@transaction.atomic
def _switch(schedules: "QuerySet[PeriodicTask]", *, on: bool) -> int:
    """Enable or pause each by itself, so that it is put down who did; how many were not so already."""
    others = schedules.filter(enabled=not on)
    for schedule in others:
        schedule.enabled = on
        schedule.save(update_fields=["enabled", "last_run_at", "date_changed"])
    PeriodicTasks.update_changed()
    return len(others)


def _started(name: str, *, by: str) -> object:
    try:
        run, created = request_run(name, by=by)
    except UnknownSchedule as error:
        raise Refused(str(error)) from None
    if not created:
        return _("%(name)s is under way already, as run %(number)s.") % {"name": name, "number": run.pk}
    return _("%(name)s has been asked for, as run %(number)s.") % {"name": name, "number": run.pk}


class RulePage(Page):
    """A rule that schedules share. One in use is not deleted, because its schedules would go with it."""

    actions = None
    search_fields: ClassVar[Any] = ()
    readonly_fields: ClassVar[Any] = ("schedules",)

    @admin.display(description=_("Schedules by this rule"))
    @once
    def schedules(self, rule: Any) -> object:
        if rule.pk is None:
            return "–"
        rows = [
            (page_of(row, text=row.name), row.task, row.enabled) for row in rule.periodictask_set.order_by("name")[:51]
        ]
        more = More(str(_("All schedules")), "/admin/django_celery_beat/periodictask/")
        shown = [(page, task, _("enabled") if enabled else _("paused")) for page, task, enabled in rows]
        return table((_("Schedule"), _("Task"), _("State")), shown, empty=_("No schedule goes by it."), more=more)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not PeriodicTask.objects.filter(**{_column(type(obj)): obj.pk}).exists()


def _column(rule: type[Model]) -> str:
    """The column of a schedule that points at this kind of rule."""
    return str(next(field.name for field in PeriodicTask._meta.concrete_fields if field.related_model is rule))


@admin.register(CrontabSchedule)
class CrontabPage(RulePage):
    list_display = ("__str__", "human_readable")
    search_fields = ("minute", "hour", "day_of_week", "timezone")
    fields = (
        *("human_readable", "minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone", "schedules"),
    )
    readonly_fields = ("human_readable", "schedules")


@admin.register(IntervalSchedule)
class IntervalPage(RulePage):
    list_display = ("__str__",)
    search_fields = ("=every", "period")
    fields = ("every", "period", "schedules")


@admin.register(ClockedSchedule)
class ClockedPage(RulePage):
    list_display = ("clocked_time",)
    search_fields = ("clocked_time",)
    fields = ("clocked_time", "schedules")


@admin.register(SolarSchedule)
class SolarPage(RulePage):
    list_display = ("__str__",)
    search_fields = ("event",)
    fields = ("event", "latitude", "longitude", "schedules")


class OfSchedule(NameFilter):
    """By the schedules that there are, which asks the schedules and not the runs."""

    title = _("schedule")
    parameter_name = "schedule_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(name, name) for name in queries.names()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        return queryset.filter(schedule_name=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunPage(ReadOnlyPage):
    list_display = ("id", "its_schedule", "state", "trigger", "attempt", "due_at", "started_at", "finished_at", "live")
    list_filter = (("state", ChoicesDropdownFilter), ("trigger", ChoicesDropdownFilter), OfSchedule)
    list_select_related = ("schedule",)
    search_fields = ("schedule_name",)
    search_help_text = _("A run's number, a schedule's whole name, or words of the error")
    fields = (
        *("live", "its_schedule", "task", "queue", "arguments", "trigger", "state", "reason", "attempt", "worker"),
        *("due_at", "expires_at", "created_at", "sent_at", "started_at", "heartbeat_at", "next_attempt_at"),
        *("finished_at", "cancel_requested_at", "done", "total", "step", "counts", "suspicion", "error", "traceback"),
        *("question", "answer", "answered_by", "answered_at"),
        "earlier_attempts",
    )
    readonly_fields = fields

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
