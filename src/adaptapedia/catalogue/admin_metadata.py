"""Mending what TMDb and Open Library say of entries. What they measure or list is theirs alone."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from adaptapedia.catalogue.admin_held import HeldPage
from adaptapedia.catalogue.metadata import Metadata, ScreenMetadata, WorkMetadata
from adaptapedia.catalogue.models import ScreenWork, TitledEntry, Work
from adaptapedia.catalogue.queries import named
from adaptapedia.desk.panels import page_of
from adaptapedia.kit.text import clean

if TYPE_CHECKING:
    FormBase = forms.ModelForm[Metadata]
else:
    FormBase = forms.ModelForm  # is generic for the type checker only

ONE_LINE = {"title", "tagline", "homepage"}
MARC_LANGUAGE = RegexValidator(r"\A[a-z]{3}\Z", _("Languages are codes of three small letters: eng, fre."))


def _each_language(values: list[str]) -> None:
    for value in values:
        MARC_LANGUAGE(value)


def _not_zero(year: int) -> None:
    if year == 0:
        raise ValidationError(_("There was no year 0. 1 BCE is −1."))


IMAGE = RegexValidator(r"\A/[A-Za-z0-9_-]+\.(?:jpg|png|svg)\Z", _("A path as TMDb has it: /abc123.jpg"))
RULES: dict[str, Any] = {
    "homepage": URLValidator(schemes=["http", "https"]),
    "runtime": MinValueValidator(1),
    "episodes": MinValueValidator(1),
    "cover_id": MinValueValidator(1),
    "first_year": _not_zero,
    "languages": _each_language,
    "poster_path": IMAGE,
    "backdrop_path": IMAGE,
}
"""What a person's value must be, where its kind of field does not say so: pages make addresses and numbers of it."""


class Lines(forms.Field):
    """A list of texts, one a line: commas are part of them."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return [line for text in (value or "").splitlines() if (line := clean(text))]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class MetadataForm(FormBase):
    def clean(self) -> dict[str, Any]:
        """Every field may be empty, so that one that did not come must not be taken for emptied."""
        super().clean()
        for name, field in self.fields.items():
            if field.widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)):
                raise ValidationError(_("Not all of the form has come. Load the page once more."))
        return self.cleaned_data


class MetadataPage(HeldPage):
    """Of one entry, which its page leads to."""

    form = MetadataForm
    model: type[Metadata]
    entries: ClassVar[type[TitledEntry]]
    search_help_text = _("Words of a title, an address's last part, or a Wikidata item (Q42)")
    actions_detail = ("unlock",)
    readonly_fields: ClassVar[Any] = ("belongs_to", "changed_at", "sources")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (None, {"fields": ("belongs_to", *self.model.MENDED)}),
            (_("Kept"), {"fields": ("changed_at", "sources")}),
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            label = str(db_field.verbose_name).capitalize()
            field: Any = Lines(label=label, required=False, help_text=_("One a line."))
        else:
            if db_field.name in ONE_LINE:
                kwargs["widget"] = UnfoldAdminTextInputWidget
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in RULES:
            field.validators = [*field.validators, RULES[db_field.name]]
        return field

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the entry, through its own indexes."""
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=self.entries._default_manager.filter(named(search_term)).values("pk")), False

    @admin.display(description=_("Belongs to"))
    def belongs_to(self, metadata: Metadata) -> object:
        return page_of(metadata.entry)

    @admin.display(description=_("Title"))
    def of(self, metadata: Metadata) -> str:
        return str(metadata.entry)


@admin.register(ScreenMetadata)
class ScreenMetadataPage(MetadataPage):
    entries = ScreenWork
    search_fields = ("screen_work__search_text",)
    list_display = ("of", "kind", "tmdb_id", "changed_at")
    list_select_related = ("screen_work",)


@admin.register(WorkMetadata)
class WorkMetadataPage(MetadataPage):
    entries = Work
    search_fields = ("work__search_text",)
    list_display = ("of", "key", "changed_at")
    list_select_related = ("work",)
