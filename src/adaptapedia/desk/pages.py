"""What every page of the admin has in common: django-unfold's look, and lists that stay quick at a million rows."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from adaptapedia.desk import changes
from adaptapedia.desk.counting import BoundedPaginator

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList as ChangeListBase

    Base = admin.ModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin as Base  # has no types
    from unfold.views import ChangeList as ChangeListBase


class List(ChangeListBase):
    """A list that does not offer to show a million rows on one page, and does not say so in its heading."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class Page(Base):
    """One kind of row: newest first, 50 a page, counted no further than is quick, with who changed what."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each facet is a count of the whole table
    list_per_page = 50
    list_max_show_all = 0
    list_filter_submit = True
    ordering: ClassVar[Any] = ("-pk",)
    sortable_by: ClassVar[Any] = ()  # a click on a heading would sort a million rows
    warn_unsaved_form = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeListBase]:
        return List

    def may_act(self, request: HttpRequest, row: Model) -> bool:
        """Whether somebody may do the acts of this page on a row: who may change it."""
        return self.has_change_permission(request, row)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row of an address; 404 when there is none."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what in this row, and when; Django's own page where nothing of it is kept."""
        if not changes.kept(self.model):
            return super().history_view(request, object_id, extra_context)
        row = self.get_object(request, unquote(object_id))
        if row is None and not self.has_view_permission(request):
            raise PermissionDenied
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        page = self.get_paginator(request, changes.of_row(row), 25).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "object": row,
            "opts": self.opts,
            "page": page,
            "changes": changes.read(page.object_list),
            "preserved_filters": self.get_preserved_filters(request),
        }
        request.current_app = self.admin_site.name  # read by Django's {% url %}
        return TemplateResponse(request, "desk/history.html", {**context, **(extra_context or {})})


class ReadOnlyPage(Page):
    """Rows that only programs write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
