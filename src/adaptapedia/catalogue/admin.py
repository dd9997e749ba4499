"""Looking at the catalogue, and mending what an upstream has wrong."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeNumericFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from adaptapedia.accounts.models import User
from adaptapedia.catalogue import panels
from adaptapedia.catalogue.actions import NOT_EDITED, Stamp
from adaptapedia.catalogue.admin_acts import EntryActs, RetiringActs
from adaptapedia.catalogue.admin_held import HeldPage
from adaptapedia.catalogue.admin_metadata import ScreenMetadataPage as ScreenMetadataPage
from adaptapedia.catalogue.admin_metadata import WorkMetadataPage as WorkMetadataPage
from adaptapedia.catalogue.models import Adaptation, DailyStatistics, Entry, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import named
from adaptapedia.desk.pages import Page, ReadOnlyPage
from adaptapedia.desk.panels import item_page, once, page_of, run_page
from adaptapedia.kit.text import clean

if TYPE_CHECKING:
    FormBase = forms.ModelForm[Entry]
    AdaptationFormBase = forms.ModelForm[Adaptation]
else:
    FormBase = AdaptationFormBase = forms.ModelForm  # is generic for the type checker only

PERSON = "person"
LISTS = ("countries", "genres", "series")
YEARS = {"year", "end_year", "birth_year", "death_year"}
ONE_LINE = {"title", "original_title", "name", *LISTS}


class EntryForm(FormBase):
    def clean(self) -> dict[str, Any]:
        """Texts as they may be stored; a title of nothing that can be seen is none."""
        super().clean()
        for field in {"title", "name"} & self.cleaned_data.keys():
            if not clean(self.cleaned_data[field]):
                self.add_error(field, _("There is nothing here that can be seen."))
        for field in YEARS & self.cleaned_data.keys():
            if self.cleaned_data[field] == 0:
                self.add_error(field, _("There was no year 0. 1 BCE is −1."))
        return self.cleaned_data


class EntryPage(EntryActs, HeldPage):
    """An entry: it is not deleted, but retired."""

    form = EntryForm
    search_fields = ("search_text",)
    search_help_text = _("Words of a title or name, an address's last part, or a Wikidata item (Q42)")
    shown_first: ClassVar[tuple[str, ...]] = ()
    shown_after: ClassVar[tuple[str, ...]] = ("external_ids", "former_slugs", "sources")
    kept: ClassVar[tuple[str, ...]] = ("retired_at", "retired_reason", "created_at", "updated_at")
    readonly_fields: ClassVar[Any] = (*sorted(NOT_EDITED - {"id"}), "retired_at", "item", *shown_after)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("slug", "item", *self.shown_first)}),
            (_("What belongs to it"), {"fields": self.shown_after}),
            (_("Kept"), {"fields": self.kept}),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (queryset.filter(named(search_term)) if search_term else queryset), False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Titles, names and lists on one line each; they are long by law, not in practice."""
        if db_field.name in ONE_LINE:
            kwargs["widget"] = UnfoldAdminTextInputWidget
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in LISTS:
            field.help_text = _("Numbers of Wikidata items, with commas between them (145, 30)")
        return field

    @admin.display(description=_("Wikidata item"), ordering="wikidata_id")
    def item(self, entry: Entry) -> object:
        return item_page(entry.wikidata_id)

    @admin.display(description=_("External ids"))
    @once
    def external_ids(self, entry: Any) -> SafeString:
        return panels.external_ids_of(entry)

    @admin.display(description=_("Former addresses"))
    @once
    def former_slugs(self, entry: Entry) -> SafeString:
        return panels.former_slugs_of(entry)


class TitledPage(EntryPage):
    room: ClassVar[str] = ""
    titles: ClassVar[tuple[str, ...]] = ("title", "title_language", "original_title", "original_language")

    def view_on_site(self, obj: Any) -> str | None:
        return None if obj.retired_at else f"/{self.room}/{obj.slug}/"

    @admin.display(description=_("Credits"))
    @once
    def credits_of(self, entry: Any) -> SafeString:
        return panels.credits_of(entry)

    @admin.display(description=_("Metadata"))
    @once
    def metadata_of(self, entry: Any) -> SafeString:
        return panels.metadata_of(entry)


@admin.register(Work)
class WorkPage(TitledPage):
    room = "book"
    list_display = ("title", "year", "form", "item", "retired_at")
    list_filter = (("form", ChoicesDropdownFilter), ("year", RangeNumericFilter))
    shown_first = (*TitledPage.titles, "year", "form", *LISTS)
    shown_after = ("adaptations", "credits_of", *EntryPage.shown_after, "metadata_of")
    readonly_fields = (*EntryPage.readonly_fields, *shown_after)

    @admin.display(description=_("Adaptations"))
    @once
    def adaptations(self, entry: Work) -> SafeString:
        return panels.adaptations_of_work(entry)


@admin.register(ScreenWork)
class ScreenWorkPage(TitledPage):
    room = "screen"
    list_display = ("title", "year", "kind", "item", "retired_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("year", RangeNumericFilter))
    shown_first = (*TitledPage.titles, "year", "end_year", "kind", *LISTS)
    shown_after = ("adaptations", "remakes", "credits_of", *EntryPage.shown_after, "metadata_of")
    readonly_fields = (*EntryPage.readonly_fields, *shown_after)

    @admin.display(description=_("Made from"))
    @once
    def adaptations(self, entry: ScreenWork) -> SafeString:
        return panels.sources_of_screen_work(entry)

    @admin.display(description=_("Remakes"))
    @once
    def remakes(self, entry: ScreenWork) -> SafeString:
        return panels.remakes_of(entry)


@admin.register(Person)
class PersonPage(EntryPage):
    list_display = ("name", "birth_year", "death_year", "item", "retired_at")
    list_filter = (("birth_year", RangeNumericFilter),)
    shown_first = ("name", "name_language", "birth_year", "death_year")
    shown_after = ("credits_of", *EntryPage.shown_after)
    readonly_fields = (*EntryPage.readonly_fields, *shown_after)

    @admin.display(description=_("Credits"))
    @once
    def credits_of(self, entry: Person) -> SafeString:
        return panels.credits_of_person(entry)


class AdaptationForm(AdaptationFormBase):
    def clean(self) -> dict[str, Any]:
        """Made from exactly one of two, and a remake only from a screen work."""
        super().clean()
        row, given = self.instance, self.cleaned_data
        work, original = given.get("work", row.work), given.get("original", row.original)
        if (work is None) == (original is None):
            raise ValidationError(_("Name what it is made from: a work, or another screen work, and not both."))
        if original is not None and original == given.get("screen_work", row.screen_work_id and row.screen_work):
            raise ValidationError(_("A screen work is not made from itself."))
        if given.get("relation", row.relation) == Adaptation.Relation.REMAKE_OF and original is None:
            self.add_error("relation", _("A remake is made from another screen work."))
        return given


@admin.register(Adaptation)
class AdaptationPage(RetiringActs, Page):
    """What is based on what. One that a person adds is theirs; one that is wrong is retired, or it would come again."""

    form = AdaptationForm
    list_display = ("of", "relation", "what_from", "source", "confidence", "retired_at")
    list_filter = (("relation", ChoicesDropdownFilter),)
    list_select_related = ("screen_work", "work", "original")
    search_fields = ("screen_work__search_text",)
    search_help_text = EntryPage.search_help_text
    autocomplete_fields = ("screen_work", "work", "original")
    sides: ClassVar[tuple[str, ...]] = ("screen_work", "work", "original")
    terms: ClassVar[tuple[str, ...]] = ("relation", "confidence")
    retired: ClassVar[tuple[str, ...]] = ("retired_at", "retired_reason")
    story: ClassVar[tuple[str, ...]] = ("source", "run", "first_seen_at", "missing_since", "sources")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": (*self.sides, *self.terms)}),)
        return (
            (None, {"fields": (*self.sides, *self.terms, "retired_at", "retired_reason")}),
            (_("Kept"), {"fields": self.story}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else (*self.sides, *self.retired, *self.story)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An upstream would bring it back: adaptations are retired."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By either side, each found through its own indexes."""
        if not search_term:
            return queryset, False
        screen_works = ScreenWork.objects.filter(named(search_term)).values("pk")
        works = Work.objects.filter(named(search_term)).values("pk")
        sides = Q(screen_work__in=screen_works) | Q(original__in=screen_works) | Q(work__in=works)
        return queryset.filter(sides), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What somebody adds or mends comes from a person: no sweep misses it, and it outlives its first source."""
        if not change:
            obj.first_seen_at = timezone.now()
        if form.changed_data or not change:
            obj.source = PERSON
        if change:
            obj.provenance |= _written(form.changed_data, by=cast(User, request.user))
        super().save_model(request, obj, form, change)

    def turn(self, row: Any, retired_at: datetime | None, *, by: User) -> None:
        """Who did it is kept with the other changes. What an ingestion retired and a person restores is theirs now."""
        if row.retired_reason:
            row.source = PERSON
        row.retired_at, row.retired_reason = retired_at, ""
        row.provenance |= _written(["retired_at"], by=by)
        row.save(update_fields=["retired_at", "retired_reason", "source", "provenance"])

    @admin.display(description=_("Screen work"))
    def of(self, adaptation: Adaptation) -> str:
        return str(adaptation.screen_work)

    @admin.display(description=_("Made from"))
    def what_from(self, adaptation: Adaptation) -> object:
        return page_of(adaptation.work or adaptation.original)

    @admin.display(description=_("run that brought it"))
    def run(self, adaptation: Adaptation) -> object:
        return run_page(adaptation.run_id)

    @admin.display(description=_("Sources"))
    @once
    def sources(self, adaptation: Adaptation) -> SafeString:
        return panels.sources_of_adaptation(adaptation)


def _written(fields: Iterable[str], *, by: User) -> dict[str, Stamp]:
    """The provenance of what a person writes."""
    return {field: [PERSON, by.pk, timezone.now().isoformat(timespec="seconds")] for field in fields}


@admin.register(DailyStatistics)
class DailyStatisticsPage(ReadOnlyPage):
    list_display = ("day", "figures")
    fields = ("day", "figures")
    readonly_fields = fields
