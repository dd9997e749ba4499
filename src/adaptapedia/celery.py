"""Composition root of workers and beat, `celery -A adaptapedia worker|beat`, and what the other roots begin with: our
Celery app as the current one, so that all of them can send, and Django set up."""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from adaptapedia.kit import loading
from adaptapedia.kit.addresses import without_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")


def without_keys(crumb: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """What Sentry notes before an error: of a request, whose address may hold keys and passwords, where it went."""
    if crumb.get("category") == "httplib":
        crumb["data"]["url"] = without_secrets(crumb["data"].get("url", ""))
        crumb["data"].pop("http.query", None)
    return crumb


if settings.SENTRY_DSN:
    import sentry_sdk

    # Bodies and variables of a sign-in are passwords and codes: neither leaves the house.
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        before_breadcrumb=without_keys,
        trace_propagation_targets=[],  # no upstream is to be told of it
    )

app = Celery("adaptapedia")
app.config_from_object("django.conf:settings", namespace="CELERY")


def keep_logging_as_django_set_it_up(**_: object) -> None:
    """Being connected is enough: Celery then leaves the loggers of workers and beat alone."""


setup_logging.connect(keep_logging_as_django_set_it_up)

with loading.for_good():
    django.setup()
