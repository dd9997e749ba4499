"""The admin's site."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods
from unfold.sites import UnfoldAdminSite


class Desk(UnfoldAdminSite):  # type: ignore[misc]  # unfold tells no types
    """Pages are read and forms are sent; Django's own would take a PUT or a DELETE for a GET."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., HttpResponse]:
        checked: Callable[..., HttpResponse] = super().admin_view(view, cacheable)
        return require_http_methods(["GET", "HEAD", "POST"])(checked)
