from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.integration.scheduling.sample"

    def ready(self) -> None:
        from tests.integration.scheduling.sample import jobs  # noqa: F401 - importing it registers them
