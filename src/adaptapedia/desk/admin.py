"""Who changed what, as lists: what became of each field (django-auditlog), and what was done in the admin itself."""

from typing import Any, ClassVar

import auditlog.admin  # noqa: F401 - registers its page, which ours replaces
from auditlog.models import LogEntry as Change
from django.contrib import admin
from django.contrib.admin.models import LogEntry as Act
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateTimeFilter

from adaptapedia.desk import changes
from adaptapedia.desk.pages import ReadOnlyPage
from adaptapedia.desk.panels import once, page_of
from adaptapedia.desk.templatetags.desk import deed

admin.site.unregister(Change)


class KeptPage(ReadOnlyPage):
    """What was done, found by who did it or by what it was done to: the number, or words of the name."""

    doer: ClassVar[str]
    number: ClassVar[str]
    search_fields = ("object_repr",)
    search_help_text = _("A username, the number or a part of the name of what was changed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """One way at a time, the first that holds, so that each goes by its own index."""
        if not search_term:
            return queryset, False
        person = get_user_model()._default_manager.filter(username=search_term).first()
        ways: list[dict[str, Any]] = [{self.doer: person}] if person else []
        ways.append({self.number: search_term})
        found = (queryset.filter(**way) for way in ways)
        named = queryset.filter(object_repr__icontains=search_term)
        return next((rows for rows in found if rows.exists()), named), False


@admin.register(Change)
class ChangePage(KeptPage):
    doer, number = "actor", "object_pk"
    list_display = ("timestamp", "who", "did", "content_type", "object_repr", "fields_changed")
    list_display_links = ("timestamp",)
    list_filter = (("actor", AutocompleteSelectFilter), ("timestamp", RangeDateTimeFilter), "action")
    list_select_related = ("actor", "content_type")
    fields = ("timestamp", "who", "remote_addr", "did", "content_type", "object_repr", "differences")
    readonly_fields: ClassVar[Any] = fields

    @admin.display(description=_("Who"))
    def who(self, change: Any) -> object:
        return page_of(change.actor) if change.actor else changes.who(change)

    @admin.display(description=_("Act"))
    def did(self, change: Any) -> str:
        return deed(change)

    @admin.display(description=_("Fields"))
    def fields_changed(self, change: Any) -> str:
        """Of what was added or deleted every field is kept, which needs no list."""
        return ", ".join(changes.read_fields(change)) if change.action == Change.Action.UPDATE else "–"

    @admin.display(description=_("From what to what"))
    @once
    def differences(self, change: Any) -> SafeString:
        (read,) = changes.read([change])
        return render_to_string("desk/differences.html", {"differences": read.differences})


@admin.register(Act)
class ActPage(KeptPage):
    """Django keeps no act without its account: they go together. What was changed stays, in the other list."""

    list_before_template = "desk/acts.html"
    doer, number = "user", "object_id"
    list_display = ("action_time", "user", "content_type", "object_repr", "message")
    list_display_links = ("action_time",)
    list_filter = (("user", AutocompleteSelectFilter), ("action_time", RangeDateTimeFilter))
    list_select_related = ("user", "content_type")
    fields = ("action_time", "user", "content_type", "object_repr", "message")
    readonly_fields: ClassVar[Any] = fields

    @admin.display(description=_("What"))
    def message(self, act: Act) -> str:
        return act.get_change_message()
