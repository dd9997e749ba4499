"""Pages of what people mend and upstreams write: a changed field is locked, and an act unlocks it."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from adaptapedia.accounts.models import User
from adaptapedia.catalogue import panels
from adaptapedia.catalogue.actions import Held, edit_entry, unlock_fields
from adaptapedia.desk.acts import Act, act, answer, posted
from adaptapedia.desk.pages import Page
from adaptapedia.desk.panels import once


class LocksForm(forms.Form):
    fields_locked = forms.MultipleChoiceField(label=_("Fields"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, entry: Held) -> None:
        super().__init__(*args)
        labels = {field.name: str(field.verbose_name).capitalize() for field in entry._meta.concrete_fields}
        choices = [(name, labels.get(name, name)) for name in sorted(entry.locks)]
        cast(forms.MultipleChoiceField, self.fields["fields_locked"]).choices = choices


class HeldPage(Page):
    """A row that comes in from upstream and is mended here: what is changed is locked, the rest follows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An upstream would bring it back."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        edit_entry(obj, {field: form.cleaned_data[field] for field in form.changed_data}, by=cast(User, request.user))

    @admin.display(description=_("Sources and locks"))
    @once
    def sources(self, entry: Held) -> SafeString:
        return panels.sources_of(entry)

    @act(label=_("Unlock fields"), path="unlock", icon="lock_open")
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entry = self.found(request, object_id)
        if not entry.locks:
            explanation = _("No field is locked: upstreams write all of them.")
        else:
            explanation = _(
                "What a person wrote is locked. An unlocked field keeps its value until its upstream is next read."
            )

        def perform(given: dict[str, Any]) -> object:
            unlock_fields(entry, given["fields_locked"])
            return _("Upstreams may write these fields again.")

        form = LocksForm(posted(request), entry=entry)
        return answer(self, request, entry, Act(_("Unlock fields"), explanation, _("Unlock"), perform, form))
