"""Composition root of the web server."""

from django.core.wsgi import get_wsgi_application

from adaptapedia.celery import app as celery_app  # sets Django up, and becomes the app that tasks are sent by

application = get_wsgi_application()

__all__ = ["application", "celery_app"]
