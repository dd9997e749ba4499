"""Looking at what ingestion left; only ingestion itself writes it."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from adaptapedia.desk.pages import ReadOnlyPage
from adaptapedia.desk.panels import run_page
from adaptapedia.ingest.models import Reject, Removal, SourceState, Sweep


class KeyedPage(ReadOnlyPage):
    """Rows that are found by the upstream's own id, which the index of source and key answers."""

    search_fields: ClassVar[Any] = ("=key",)
    search_help_text = _("The upstream's own id, such as Q42")
    sources: ClassVar[Any] = ("wikidata",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            queryset = queryset.filter(Q(source__in=self.sources), Q(key=term) | Q(key=term.upper()))
        return queryset, False


@admin.register(Reject)
class RejectPage(KeyedPage):
    list_display = ("key", "reason", "source", "run", "first_seen_at")
    list_filter = (("reason", ChoicesDropdownFilter),)
    search_help_text = _("An item or a pair as it stands in the list: Q42, Q1>Q2")
    fields = ("key", "reason", "source", "run", "first_seen_at", "payload")
    readonly_fields = fields

    @admin.display(description=_("run that saw it first"))
    def run(self, reject: Reject) -> object:
        return run_page(reject.run_id)


@admin.register(Removal)
class RemovalPage(KeyedPage):
    """What of TMDb's and Open Library's has gone, each title by itself."""

    list_display = ("key", "reason", "source", "entry_id", "credits", "refreshed_at", "run", "removed_at")
    list_filter = (("reason", ChoicesDropdownFilter),)
    search_help_text = _("As it stands in the list: movie/841, tv/1399, OL893415W")
    sources = ("tmdb", "open_library")
    fields = ("key", "reason", "source", "entry_id", "credits", "refreshed_at", "run", "removed_at")
    readonly_fields = fields

    @admin.display(description=_("run that removed it"))
    def run(self, removal: Removal) -> object:
        return run_page(removal.run_id)


@admin.register(Sweep)
class SweepPage(ReadOnlyPage):
    list_display = ("id", "source", "phase", "expected", "run", "started_at", "finished_at")
    list_filter = (("phase", ChoicesDropdownFilter),)
    fields = (
        *("source", "phase", "run", "endpoint", "is_fallback", "expected", "class_pairs"),
        *("cursor", "counts", "answer", "whole_at", "started_at", "finished_at"),
    )
    readonly_fields = fields

    @admin.display(description=_("run"))
    def run(self, sweep: Sweep) -> object:
        return run_page(sweep.run_id)

    @admin.display(description=_("pairs of the class tree"))
    def class_pairs(self, sweep: Sweep) -> int:
        return len(sweep.classes)


@admin.register(SourceState)
class SourceStatePage(KeyedPage):
    list_display = ("key", "source", "read_at", "outcome", "refreshed_at", "modified_at")
    fields = ("source", "key", "read_at", "outcome", "refreshed_at", "modified_at", "etag")
    readonly_fields = fields
