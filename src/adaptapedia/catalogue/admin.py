"""Looking at the catalogue, and mending what an upstream has wrong."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import NOT_EDITED, edit_entry
from adaptapedia.catalogue.models import Adaptation, DailyStatistics, Entry, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import named
from adaptapedia.kit.text import clean

if TYPE_CHECKING:
    FormBase = forms.ModelForm[Entry]
    EntryBase = admin.ModelAdmin[Entry]
    AdaptationBase = admin.ModelAdmin[Adaptation]
    StatisticsBase = admin.ModelAdmin[DailyStatistics]
else:
    FormBase = forms.ModelForm
    EntryBase = AdaptationBase = StatisticsBase = admin.ModelAdmin  # are generic for the type checker only


class EntryForm(FormBase):
    def clean(self) -> dict[str, Any]:
        """Texts as they may be stored; a title of nothing that can be seen is none."""
        super().clean()
        for field in {"title", "name"} & self.cleaned_data.keys():
            if not clean(self.cleaned_data[field]):
                self.add_error(field, _("There is nothing here that can be seen."))
        return self.cleaned_data


class EntryAdmin(EntryBase):
    """An entry comes in from upstream and is mended here: what is changed is locked, the rest follows."""

    form = EntryForm
    search_fields = ("search_text",)
    search_help_text = _("Words of a title or name, an address's last part, or a Wikidata item (Q42)")
    readonly_fields = tuple(sorted(NOT_EDITED - {"id"}))
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        return (queryset.filter(named(search_term)) if search_term else queryset), False

    def save_model(self, request: HttpRequest, obj: Entry, form: "FormBase", change: bool) -> None:
        edit_entry(obj, {field: form.cleaned_data[field] for field in form.changed_data}, by=cast(User, request.user))


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
    search_help_text = EntryAdmin.search_help_text
    raw_id_fields = ("screen_work", "work", "original")
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Adaptation], search_term: str
    ) -> tuple[QuerySet[Adaptation], bool]:
        """By either side, each found through its own indexes."""
        if not search_term:
            return queryset, False
        screen_works = ScreenWork.objects.filter(named(search_term)).values("pk")
        works = Work.objects.filter(named(search_term)).values("pk")
        sides = Q(screen_work__in=screen_works) | Q(original__in=screen_works) | Q(work__in=works)
        return queryset.filter(sides), False


@admin.register(DailyStatistics)
class DailyStatisticsAdmin(StatisticsBase):
    list_display = ("day", "figures")
    show_full_result_count = False
