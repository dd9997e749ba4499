"""Composition root of addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from adaptapedia.ops.views.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("adaptapedia.web.urls")),
    path("api/v1/", include("adaptapedia.api.urls")),
    path("ops/", include("adaptapedia.ops.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

handler404 = "adaptapedia.web.views.faults.page_not_found"
handler500 = "adaptapedia.web.views.faults.server_error"
