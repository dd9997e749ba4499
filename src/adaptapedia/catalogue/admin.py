"""Looking at the catalogue, and mending what an upstream has wrong."""

from typing import TYPE_CHECKING

from django.contrib import admin

from adaptapedia.catalogue.models import Adaptation, DailyStatistics, Entry, Person, ScreenWork, Work

if TYPE_CHECKING:
    EntryBase = admin.ModelAdmin[Entry]
    AdaptationBase = admin.ModelAdmin[Adaptation]
    StatisticsBase = admin.ModelAdmin[DailyStatistics]
else:
    EntryBase = AdaptationBase = StatisticsBase = admin.ModelAdmin  # is generic for the type checker only


class EntryAdmin(EntryBase):
    search_fields = ("search_text", "=wikidata_id", "=slug")
    readonly_fields = ("provenance", "locks", "created_at", "updated_at")
    show_full_result_count = False


@admin.register(Work)
class WorkAdmin(EntryAdmin):
    list_display = ("title", "year", "form", "wikidata_id", "retired_at")
    list_filter = ("form",)


@admin.register(ScreenWork)
class ScreenWorkAdmin(EntryAdmin):
    list_display = ("title", "year", "kind", "wikidata_id", "retired_at")
    list_filter = ("kind",)


@admin.register(Person)
class PersonAdmin(EntryAdmin):
    list_display = ("name", "birth_year", "death_year", "wikidata_id", "retired_at")


@admin.register(Adaptation)
class AdaptationAdmin(AdaptationBase):
    list_display = ("screen_work", "relation", "work", "original", "source", "confidence", "retired_at")
    list_filter = ("relation", "source")
    list_select_related = ("screen_work", "work", "original")
    search_fields = ("screen_work__search_text", "work__search_text")
    raw_id_fields = ("screen_work", "work", "original")
    show_full_result_count = False


@admin.register(DailyStatistics)
class DailyStatisticsAdmin(StatisticsBase):
    list_display = ("day", "figures")
