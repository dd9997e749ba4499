"""Looking at what ingestion left; only ingestion itself writes it."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from adaptapedia.ingest.models import Reject, SourceState, Sweep

if TYPE_CHECKING:
    from django.db.models import Model

    Base = admin.ModelAdmin[Model]
else:
    Base = admin.ModelAdmin  # is generic for the type checker only


class ReadOnlyAdmin(Base):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: "Model | None" = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: "Model | None" = None) -> bool:
        return False


@admin.register(Reject)
class RejectAdmin(ReadOnlyAdmin):
    list_display = ("key", "reason", "source", "run_id", "first_seen_at")
    list_filter = ("reason", "source")
    search_fields = ("=key",)


@admin.register(Sweep)
class SweepAdmin(ReadOnlyAdmin):
    list_display = ("id", "source", "phase", "expected", "started_at", "finished_at")
    search_fields = ("source",)


@admin.register(SourceState)
class SourceStateAdmin(ReadOnlyAdmin):
    list_display = ("source", "key", "read_at", "modified_at")
    list_filter = ("source",)
    search_fields = ("=key",)
