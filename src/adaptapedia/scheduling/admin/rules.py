"""The rules by which schedules are due, each shared by any number of them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from adaptapedia.desk.pages import Page
from adaptapedia.desk.panels import More, once, page_of, table
from adaptapedia.scheduling.admin.forms import CrontabForm

for model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
    admin.site.unregister(model)


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
        more = More(str(_("All schedules")), reverse("admin:django_celery_beat_periodictask_changelist"))
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
    form = CrontabForm
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
