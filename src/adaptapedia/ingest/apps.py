from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "adaptapedia.ingest"

    def ready(self) -> None:
        """Listen to what people write in the catalogue, and to entries that turn out to be one."""
        from adaptapedia.ingest import afresh, differences, moving_decisions  # noqa: F401 - they register their hooks
