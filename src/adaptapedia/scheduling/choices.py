"""Policies as people choose them in forms; their meaning is in `core.policies`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Missed(models.TextChoices):
    LATEST = "latest", _("the latest, once")
    ALL = "all", _("all, the oldest first")
    SKIP = "skip", _("none")


class Overlap(models.TextChoices):
    SKIP = "skip", _("skip the new run")
    QUEUE = "queue", _("let one wait")
    CANCEL = "cancel", _("ask the older to stop")
    ALLOW = "allow", _("side by side")
