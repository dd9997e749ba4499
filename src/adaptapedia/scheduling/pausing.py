"""Pausing schedules and resuming them. What falls due meanwhile is told as a gap, and nothing of it fires later."""

from django.db import transaction
from django.db.models import Model, QuerySet
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from adaptapedia.scheduling.actions import schedule_named


def pause(name: str) -> bool:
    """Let a schedule make no runs until it is resumed; whether it was not paused already. Raises UnknownSchedule.

    What is running goes on, and what waits in a queue is skipped when a worker takes it.
    """
    return bool(switch(PeriodicTask.objects.filter(pk=schedule_named(name).pk), on=False))


def resume(name: str) -> bool:
    """Let a schedule wait for its next tick; whether it was paused. Raises UnknownSchedule."""
    return bool(switch(PeriodicTask.objects.filter(pk=schedule_named(name).pk), on=True))


@transaction.atomic
def switch(schedules: QuerySet[PeriodicTask], *, on: bool) -> list[PeriodicTask]:
    """Resume or pause each by itself, so that it is put down who did; those that were not so already."""
    others = list(schedules.select_for_update(of=("self",)).filter(enabled=not on).order_by("name"))
    for schedule in others:
        schedule.enabled = on
        # Past its own `save`, which forgets the last run and refuses a row in which anything else is wrong.
        Model.save(schedule, update_fields=["enabled", "date_changed"])
    PeriodicTasks.update_changed()
    return others
