"""Runs of jobs, and what a schedule needs beyond django-celery-beat's table."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.choices import MISSED, OVERLAP
from adaptapedia.scheduling.terms import ACCEPTING

if TYPE_CHECKING:
    from datetime import timedelta


class ScheduleCompanion(models.Model):
    """What a schedule knows that `PeriodicTask` has no column for. A trigger makes it with the schedule's row.

    `written` is what the sync of code to rows last wrote, so that an operator's own change of a
    field can be told from an old value of ours; empty for a schedule that code never made. An empty policy
    is the job's own (`terms.JobSpec`), or the default (`core.policies.Policies`) for a task that is no job.

    Every column that is not null has a default in the database: the trigger, and SQL, leave them out.
    """

    schedule = models.OneToOneField(PeriodicTask, models.CASCADE, primary_key=True, related_name="companion")
    written = models.JSONField(default=dict, blank=True, db_default={})

    days = models.CharField(
        _("days"),
        max_length=100,
        blank=True,
        db_default="",
        help_text=_("More on the day, beside the crontab: L, L-3, LW, 15W, FRI#2, FRIL; several with commas."),
    )
    missed = models.CharField(_("missed ticks"), max_length=10, blank=True, db_default="", choices=MISSED)
    missed_bound = models.PositiveIntegerField(
        _("at most"), null=True, blank=True, help_text=_("So many of the ticks missed run under “all”.")
    )
    overlap = models.CharField(_("overlap"), max_length=10, blank=True, db_default="", choices=OVERLAP)
    jitter = models.DurationField(
        _("jitter"),
        null=True,
        blank=True,
        help_text=_("Runs start up to so much later, each schedule by its own span."),
    )
    soft_limit = models.DurationField(_("soft limit"), null=True, blank=True)
    hard_limit = models.DurationField(_("hard limit"), null=True, blank=True)
    retries = models.PositiveSmallIntegerField(_("retries"), null=True, blank=True)
    retry_after = models.DurationField(_("retry after"), null=True, blank=True)
    backoff = models.FloatField(
        _("back-off"), null=True, blank=True, help_text=_("Each wait is so many times the one before; 1 or more.")
    )
    backoff_max = models.DurationField(_("longest wait"), null=True, blank=True)

    next_due_at = models.DateTimeField(null=True, blank=True, help_text="The first tick that has no run yet.")
    fires_at = models.DateTimeField(null=True, blank=True, help_text="When that is to be written: due, plus jitter.")
    edited_at = models.DateTimeField(null=True, blank=True, help_text="Set by triggers until beat has seen it.")
    formers = models.JSONField(
        default=list, blank=True, db_default=[], help_text="How it stood before edits, while ticks of then are owed."
    )
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Set by a trigger while it is paused.")
    anchor_at = models.DateTimeField(null=True, blank=True, help_text="The grid of an interval counts from here.")
    fault = models.TextField(blank=True, db_default="", help_text="Why beat leaves it out.")

    class Meta:
        indexes = [
            models.Index(fields=["fires_at"], condition=Q(fires_at__isnull=False), name="schedule_fires"),
            models.Index(fields=["edited_at"], condition=Q(edited_at__isnull=False), name="schedule_edited"),
            models.Index(fields=["schedule"], condition=Q(fault__gt=""), name="schedule_left_out"),
        ]


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
    IN_TURN = (Trigger.RETRY, Trigger.BACKFILL)
    """What people let run after all: each waits for the one before it to end, where runs may not overlap."""

    schedule = models.ForeignKey(
        PeriodicTask, models.SET_NULL, null=True, blank=True, related_name="runs", db_index=False
    )
    schedule_name = models.CharField(_("schedule"), max_length=200, help_text=_("Kept when the schedule is gone."))
    task = models.CharField(_("task"), max_length=200)
    queue = models.CharField(_("queue"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict, help_text='{"args": [...], "kwargs": {...}}')
    options = models.JSONField(
        _("options"), default=dict, db_default={}, help_text='Of its message: {"priority", "headers", "exchange", …}'
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    due_until = models.DateTimeField(
        _("due until"), null=True, blank=True, help_text=_("The last of several ticks that were skipped together.")
    )
    ticks = models.PositiveIntegerField(_("ticks"), default=1, db_default=1)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    trigger = models.CharField(_("trigger"), max_length=10, choices=Trigger)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why it was skipped or cancelled."))

    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1, help_text=_("Counted from 1."))
    fence = models.PositiveIntegerField(default=0, help_text=_("Counts the claims; only the newest may write."))
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    message = models.CharField(
        max_length=50, blank=True, db_default="", help_text="Celery's id of the message that was claimed, for revoking."
    )
    behind = models.BigIntegerField(
        _("waits for run"), null=True, blank=True, help_text=_("It starts when that run has ended.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("message sent"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel asked for"), null=True, blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=200, blank=True, db_default="")

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
            models.Index(fields=["schedule"], condition=Q(schedule__isnull=False), name="run_of_row"),
            models.Index(
                fields=["state"], condition=Q(state__in=["queued", "running", "waiting", "asking"]), name="run_open"
            ),
            models.Index(fields=["-id"], condition=Q(state="failed") | Q(suspicion__gt=""), name="run_went_wrong"),
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


class RunLine(models.Model):
    """A line that was logged during an attempt; of each run the newest are kept (`capture.KEPT`)."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(JobRun, models.CASCADE, related_name="lines")
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    level = models.CharField(max_length=10)
    logger = models.CharField(max_length=200)
    text = models.TextField()

    class Meta:
        ordering = ["id"]


class Lease(models.Model):
    """Who leads: one row. `epoch` counts the leaders; only the newest may write ticks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.BigIntegerField(db_default=0)
    holder = models.CharField(max_length=200, blank=True, db_default="")
    backend = models.IntegerField(null=True, help_text="The process of its session in PostgreSQL.")
    since = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_lease")]


class Presence(models.Model):
    """A beat or a worker that shows that it lives. One that is stopped takes its row away; one that dies leaves it."""

    class Kind(models.TextChoices):
        BEAT = "beat", _("Beat")
        WORKER = "worker", _("Worker")

    name = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    queues = models.JSONField(default=list, help_text="Of a worker: the queues that it takes.")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()


class Trouble(models.Model):
    """Something that the watchdog has found wrong; open until it is right again."""

    key = models.CharField(max_length=300, help_text="What tells it from others: kind, then schedule or process.")
    kind = models.CharField(max_length=30)
    schedule_name = models.CharField(max_length=200, blank=True, db_default="")
    run = models.ForeignKey(JobRun, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    expected = models.TextField()
    seen = models.TextField()
    page = models.CharField(max_length=300, help_text="The path of the page to open.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told_of_beginning = models.JSONField(default=dict, db_default={}, help_text='Channel → when: {"email": "…"}')
    told_of_end = models.JSONField(default=dict, db_default={})

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at__isnull=True), name="one_open_trouble_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.seen}"


class Tally(models.Model):
    """A counter or a histogram's bucket that all processes add to; `/metrics` shows them."""

    metric = models.CharField(max_length=60)
    labels = models.CharField(max_length=500, help_text="JSON object, keys sorted.")
    bucket = models.FloatField(help_text="Upper bound of a histogram's bucket; -1 for its sum, 0 for a counter.")
    value = models.FloatField(db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "labels", "bucket"], name="one_tally")]
