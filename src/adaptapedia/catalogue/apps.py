from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "adaptapedia.catalogue"

    def ready(self) -> None:
        """Keep what people change. What the machinery keeps for itself is left out."""
        from adaptapedia.catalogue.models import Adaptation, Person, ScreenMetadata, ScreenWork, Work, WorkMetadata
        from adaptapedia.desk.changes import keep_changes

        derived = ("wikidata_digest", "sort_key", "search_text", "provenance", "created_at", "updated_at")
        for model in (Work, ScreenWork, Person):
            keep_changes(model, leave_out=derived)
        for metadata in (ScreenMetadata, WorkMetadata):
            keep_changes(metadata, leave_out=("digest", "provenance", "changed_at"))
        keep_changes(Adaptation, leave_out=("provenance",))
