"""Policies as people choose them in forms; their meaning is in `core.policies`."""

from django.utils.translation import gettext_lazy as _

from adaptapedia.scheduling.core.policies import Missed, Overlap

MISSED = {
    Missed.LATEST.value: _("the latest, once"),
    Missed.ALL.value: _("all, the oldest first"),
    Missed.SKIP.value: _("none"),
}
OVERLAP = {
    Overlap.SKIP.value: _("skip the new run"),
    Overlap.QUEUE.value: _("let one wait"),
    Overlap.CANCEL.value: _("ask the older to stop"),
    Overlap.ALLOW.value: _("side by side"),
}
