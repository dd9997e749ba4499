"""Composition root of addresses."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from adaptapedia.api.views.ways import Nowhere
from adaptapedia.ops.views.health import healthz, readyz
from adaptapedia.ops.views.metrics import metrics
from adaptapedia.ops.views.session import sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("adaptapedia.web.urls")),
    path("accounts/", include("adaptapedia.web.account_urls")),
    path("api/v1/ops/", include("adaptapedia.ops.api.urls")),
    path("api/v1/", include("adaptapedia.api.urls")),
    path("api/<path:rest>", Nowhere.as_view(), name="api-nowhere"),
    path("api/", Nowhere.as_view(), name="api-nowhere"),
    path("ops/", include("adaptapedia.ops.urls")),
    path("admin/login/", sign_in),  # there is one way in
    # and one page for a new password: throttled, confirmed, told by e-mail
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/password_change/done/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler404 = "adaptapedia.web.views.faults.page_not_found"
handler500 = "adaptapedia.web.views.faults.server_error"
handler429 = "adaptapedia.web.views.accounts.limits.too_many"  # allauth looks it up here
