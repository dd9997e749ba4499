from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "adaptapedia.ingest"
