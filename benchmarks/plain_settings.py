"""The settings of the peer: the same ones, with Django REST framework as it comes and one view."""

from adaptapedia.settings import *  # noqa: F403
from adaptapedia.settings import INSTALLED_APPS

INSTALLED_APPS = [*dict.fromkeys([*INSTALLED_APPS, "rest_framework"])]
REST_FRAMEWORK: dict[str, object] = {}
ROOT_URLCONF = "benchmarks.plain_drf"
