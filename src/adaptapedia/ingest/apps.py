from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "adaptapedia.ingest"

    def ready(self) -> None:
        """Listen to what people write in the catalogue."""
        from adaptapedia.ingest import afresh, differences  # noqa: F401 - importing them registers their hooks
