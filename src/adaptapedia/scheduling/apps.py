from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "adaptapedia.scheduling"

    def ready(self) -> None:
        """Listen to the worker before its pool forks, and register the checks."""
        from adaptapedia.scheduling import checks, stopping  # noqa: F401 - importing them registers them
