"""What people have decided about an entry that is merged into another goes along with it."""

from adaptapedia.catalogue.actions import Held
from adaptapedia.catalogue.merging_entries import before_merging, fields_taken, metadata_of
from adaptapedia.catalogue.models import Entry, ScreenWork
from adaptapedia.ingest.differences import differences_of
from adaptapedia.ingest.matching.decisions import join_matches


@before_merging
def move_decisions(entry: Entry, into: Entry) -> None:
    """The match that stands moves, and so do the differences of fields that move."""
    if isinstance(entry, ScreenWork):
        join_matches(entry.pk, into=into.pk)
    _move_differences(entry, into)
    if (both := metadata_of(entry, into)) is not None:
        _move_differences(*both)
    elif (alone := getattr(entry, "metadata", None)) is not None:
        differences_of(alone).update(entry_id=into.pk)


def _move_differences(entry: Held, into: Held) -> None:
    """A difference is with what a person wrote, so that it goes where that goes, or with it."""
    taken = fields_taken(entry, into)
    differences_of(into).filter(field__in=taken).delete()
    differences_of(entry).filter(field__in=taken).update(entry_id=into.pk)
    differences_of(entry).delete()
