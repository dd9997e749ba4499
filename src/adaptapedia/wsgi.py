"""Composition root of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")

from adaptapedia.celery import app as celery_app  # noqa: E402 - settings first

application = get_wsgi_application()

__all__ = ["application", "celery_app"]
