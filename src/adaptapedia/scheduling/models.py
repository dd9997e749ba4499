"""Runs of jobs, and what a schedule needs beyond django-celery-beat's table."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.terms import ACCEPTING

if TYPE_CHECKING:
    from datetime import timedelta


class ScheduleCompanion(models.Model):
    """What a schedule knows that `PeriodicTask` has no column for. Absent for a row made in SQL.

    `written` is what the sync of code to rows last wrote, so that an operator's own change of a
    field can be told from an old value of ours; empty for a schedule that code never made.
    """

    schedule = models.OneToOneField(PeriodicTask, models.CASCADE, primary_key=True, related_name="companion")
    written = models.JSONField(default=dict, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)


class JobRun(models.Model):
    """What became of a tick, or of a run that somebody asked for."""

    class Trigger(models.TextChoices):
        TICK = "tick", _("Tick")
        MANUAL = "manual", _("By hand")
        RETRY = "retry", _("Retry by hand")
        BACKFILL = "backfill", _("Backfill")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting for its retry")
        ASKING = "asking", _("Waiting for an answer")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Skipped")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.QUEUED, State.RUNNING, State.WAITING, State.ASKING)

    schedule = models.ForeignKey(
        PeriodicTask, models.SET_NULL, null=True, blank=True, related_name="runs", db_index=False
    )
    schedule_name = models.CharField(_("schedule"), max_length=200, help_text=_("Kept when the schedule is gone."))
    task = models.CharField(_("task"), max_length=200)
    queue = models.CharField(_("queue"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict, help_text='{"args": [...], "kwargs": {...}}')
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    trigger = models.CharField(_("trigger"), max_length=10, choices=Trigger)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why it was skipped or cancelled."))

    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1, help_text=_("Counted from 1."))
    fence = models.PositiveIntegerField(default=0, help_text=_("Counts the claims; only the newest may write."))
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("message sent"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel asked for"), null=True, blank=True)

    question = models.JSONField(
        _("question"), null=True, blank=True, help_text='{"text", "answers": [[key, what it does], …]}'
    )
    answer = models.CharField(_("answer"), max_length=40, blank=True, db_default="")
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True, db_default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    suspicion = models.TextField(
        _("suspicion"), blank=True, db_default="", help_text=_("What about its result is not as usual.")
    )

    done = models.BigIntegerField(_("done"), null=True, blank=True)
    total = models.BigIntegerField(_("of total"), null=True, blank=True)
    step = models.CharField(_("step"), max_length=200, blank=True)

    counts = models.JSONField(_("counts"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True)
    earlier_attempts = models.JSONField(
        default=list, blank=True, help_text='[{"attempt", "started_at", "finished_at", "error"}, …]'
    )

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due_at"], condition=Q(trigger="tick"), name="one_run_per_tick")
        ]
        indexes = [
            models.Index(fields=["schedule_name", "-id"], name="run_of_schedule"),
            models.Index(
                fields=["state"], condition=Q(state__in=["queued", "running", "waiting", "asking"]), name="run_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_name} #{self.pk}"

    @property
    def duration(self) -> "timedelta | None":
        """From start to end of the last attempt."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at

    @property
    def is_suspicious(self) -> bool:
        """Whether it has succeeded, is not as usual, and nobody has said that it is."""
        return self.state == self.State.SUCCEEDED and bool(self.suspicion) and self.answer not in ACCEPTING

    @property
    def result(self) -> dict[str, Any] | None:
        return self.counts
