"""The settings of the two peers' beats: a plain Celery project on the same two servers.

Nothing of ours is installed there, so that neither our records of changes nor our log slow a peer down.
"""

from adaptapedia.settings import (
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CELERY_BROKER_URL,
    DATABASES,
    DEFAULT_AUTO_FIELD,
    SECRET_KEY,
    TIME_ZONE,
    USE_TZ,
)

__all__ = [
    "CELERY_BROKER_TRANSPORT_OPTIONS",
    "CELERY_BROKER_URL",
    "DATABASES",
    "DEFAULT_AUTO_FIELD",
    "SECRET_KEY",
    "TIME_ZONE",
    "USE_TZ",
]

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django_celery_beat"]
CELERY_TIMEZONE = TIME_ZONE
