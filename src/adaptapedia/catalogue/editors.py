"""What people have written in the catalogue."""

from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import Held
from adaptapedia.catalogue.metadata import Metadata, ScreenMetadata, WorkMetadata
from adaptapedia.catalogue.models import Person, ScreenWork, Work

HAS_LOCK = "jsonb_path_exists({table}.locks, '$.*.by ? (@ == $id)', jsonb_build_object('id', %s::bigint))"


def edits_of(user: User) -> list[dict[str, Any]]:
    """The entries and metadata with a field that this person wrote: kind, id, slug, the fields with their times."""
    models = (Work, ScreenWork, Person, ScreenMetadata, WorkMetadata)
    return [edit for model in models for edit in _edits(model, user)]


def _edits(model: type[Held], user: User) -> list[dict[str, Any]]:
    # Few entries are locked at all, and a person's edits are found among those.
    theirs = RawSQL(HAS_LOCK.format(table=model._meta.db_table), [user.pk], output_field=BooleanField())  # noqa: S611 - the value is a parameter
    slug = f"{model.owner()}__slug" if issubclass(model, Metadata) else "slug"
    entries = model._default_manager.exclude(locks={}).filter(theirs).order_by("pk")
    return [
        {
            "kind": model._meta.model_name,
            "id": entry["pk"],
            "slug": entry[slug],
            "fields": {field: lock["at"] for field, lock in entry["locks"].items() if lock.get("by") == user.pk},
        }
        for entry in entries.values("pk", slug, "locks")
    ]
