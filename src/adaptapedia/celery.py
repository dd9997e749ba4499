"""Composition root of workers and beat, `celery -A adaptapedia worker|beat`, and what the other roots begin with: our
Celery app as the current one, so that all of them can send, and Django set up."""

import os

import django
from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from adaptapedia.kit import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")

if settings.SENTRY_DSN:
    import sentry_sdk

    # Bodies and variables of a sign-in are passwords and codes: neither leaves the house.
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )

app = Celery("adaptapedia")
app.config_from_object("django.conf:settings", namespace="CELERY")


def keep_logging_as_django_set_it_up(**_: object) -> None:
    """Being connected is enough: Celery then leaves the loggers of workers and beat alone."""


setup_logging.connect(keep_logging_as_django_set_it_up)

with loading.for_good():
    django.setup()
