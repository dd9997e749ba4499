from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "adaptapedia.scheduling"

    def ready(self) -> None:
        """Listen to the worker before its pool forks, register the checks, repair the transport, keep changes."""
        from adaptapedia.scheduling import broker, checks, presence, stopping  # noqa: F401 - importing them registers them

        broker.repair_transport()
        _keep_changes()


def _keep_changes() -> None:
    """Keep what people change in schedules; what beat counts there is left out."""
    from django_celery_beat.models import (
        ClockedSchedule,
        CrontabSchedule,
        IntervalSchedule,
        PeriodicTask,
        SolarSchedule,
    )

    from adaptapedia.desk.changes import keep_changes
    from adaptapedia.scheduling.models import ScheduleCompanion

    keep_changes(PeriodicTask, leave_out=("last_run_at", "total_run_count", "date_changed"))
    of_programs = ("next_due_at", "fires_at", "edited_at", "paused_at", "anchor_at", "formers", "fault", "written")
    keep_changes(ScheduleCompanion, leave_out=of_programs)
    for rule in (ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule):
        keep_changes(rule)
