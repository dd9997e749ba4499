"""Writes of the catalogue that people ask for. What upstreams bring comes in through `ingest`."""

from django.db import transaction

from adaptapedia.catalogue.models import Entry
from adaptapedia.catalogue.queries import FORMER_SLUGS


class SlugTaken(Exception):
    """Another entry has this slug, or had it once and is still found by it."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"the slug {slug!r} belongs, or once belonged, to another entry")
        self.slug = slug


@transaction.atomic
def change_slug(entry: Entry, *, to: str) -> None:
    """Give an entry another slug; the old address redirects from now on. Raises SlugTaken."""
    if entry.slug == to:
        return
    former = FORMER_SLUGS[type(entry)]
    others = former.model._default_manager.filter(slug=to).exclude(**{former.owner: entry})
    if others.exists() or type(entry)._default_manager.filter(slug=to).exists():
        raise SlugTaken(to)
    former.model._default_manager.filter(slug=to).delete()
    former.model._default_manager.create(slug=entry.slug, **{former.owner: entry})
    entry.slug = to
    entry.save(update_fields=["slug", "updated_at"])
