"""Composition root of workers and beat: `celery -A adaptapedia worker|beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adaptapedia.settings")

app = Celery("adaptapedia")
app.config_from_object("django.conf:settings", namespace="CELERY")
