"""Looking at runs; only the runner writes them. Schedules are edited in django-celery-beat's own admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from adaptapedia.scheduling.models import JobRun

if TYPE_CHECKING:
    Base = admin.ModelAdmin[JobRun]
else:
    Base = admin.ModelAdmin  # is generic for the type checker only


@admin.register(JobRun)
class JobRunAdmin(Base):
    list_display = ("id", "schedule_name", "state", "trigger", "attempt", "due_at", "started_at", "finished_at")
    list_filter = ("state", "trigger", "schedule_name")
    search_fields = ("schedule_name", "error", "reason")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
