from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "adaptapedia.scheduling"

    def ready(self) -> None:
        """Listen to the worker before its pool forks, register the checks, repair the transport."""
        from adaptapedia.scheduling import broker, checks, stopping  # noqa: F401 - importing them registers them

        broker.repair_transport()
