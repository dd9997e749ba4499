"""What a browser is told about safety, beside what Django's own middleware tells it.

A page loads from ourselves alone and holds no script or style within itself; the admin's own tools need more.
It asks for no camera, place or payment. Where visitors come through TLS, nobody is answered without it.
"""

import ipaddress
from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponse]

FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Addresses that a probe inside the house asks for without TLS."""

UNUSED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "usb",
)
PERMISSIONS = ", ".join(f"{feature}=()" for feature in (*UNUSED, "browsing-topics"))
"""Permissions-Policy: features of the browser that no page uses, so nothing injected could either."""


class ContentPolicy(CSPMiddleware):
    """django-csp's middleware, with the looser policy under /admin/ and nowhere else."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path_info.startswith("/admin/"):
            parts.config = settings.ADMIN_CONTENT_POLICY
        return parts


def permissions_policy(get_response: GetResponse) -> GetResponse:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer


def https_only(get_response: GetResponse) -> GetResponse:
    """Send whoever came without TLS to the same address with it, for good, when `HTTPS_ONLY` is set.

    Stands in for Django's SECURE_SSL_REDIRECT, which would also send away the operator who opens
    http://localhost:8000 on the machine itself, where nobody speaks TLS.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.HTTPS_ONLY and not (
            request.is_secure() or request.path in FOR_MACHINES or _on_this_machine(request)
        ):
            return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")
        return get_response(request)

    return answer


def _on_this_machine(request: HttpRequest) -> bool:
    host, _ = split_domain_port(request.get_host())
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
