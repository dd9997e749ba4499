"""Two entries that turn out to be one: everything of the one moves to the other, and its address leads there."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ForeignObjectRel, Model, QuerySet

from adaptapedia.catalogue.actions import Held, derive, forget_record, hold
from adaptapedia.catalogue.derived import GUARDED_WITH_TITLE
from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import Adaptation, Entry, Person
from adaptapedia.catalogue.queries import FORMER_SLUGS

Hook = TypeVar("Hook", bound="Callable[[Entry, Entry], None]")

LISTS = frozenset({"credits", "external_ids"})
"""Locks that guard rows instead of fields."""
NAMES = frozenset({"title", "original_title", "name"})
ITS_OWN = frozenset({"retired_at"})
"""What a person decided of the one entry alone."""
BY_A_PERSON = "person"

_hooks: list[Callable[[Entry, Entry], None]] = []


class NotAlike(ValueError):
    """Only two different entries of one kind can be merged."""


def before_merging(hook: Hook) -> Hook:
    """A decorator for rooms further out: called with the entry that goes and the one that stays, before anything moves.

    Whatever refers to an entry by a foreign key moves by itself; where the other entry has its like already, it goes
    with the entry. A hook is for what must be more than that: votes that are added up, references without a key.
    It runs in the transaction of the merge.
    """
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


@transaction.atomic
def merge_entries(entry: Entry, *, into: Entry) -> None:
    """Merge an entry into another of its kind, which is up to date afterwards; the first is gone.

    Its address, and those it once had, lead to the other. What the other says stands, above all what is locked in it;
    fields that a person wrote in the first, and its locks, are kept where nobody did in the other. Raises NotAlike.
    """
    if type(entry) is not type(into) or entry.pk == into.pk:
        raise NotAlike(f"{entry!r} cannot be merged into {into!r}")
    for row in sorted((entry, into), key=lambda one: one.pk):
        hold(row)
    for hook in _hooks:
        hook(entry, into)
    if (both := metadata_of(entry, into)) is not None:
        for metadata in both:
            hold(metadata)
        _take_fields(*both)
        both[1].save()
    _move_rows(entry, into)
    _take_fields(entry, into)
    former, slug = FORMER_SLUGS[type(entry)], entry.slug
    entry.delete()
    former.model._default_manager.create(slug=slug, **{former.owner: into})
    into.save()


def metadata_of(entry: Entry, into: Entry) -> tuple[Metadata, Metadata] | None:
    """What upstreams tell of the one that goes and of the one that stays, where they tell of both: like the entries
    themselves, the one stays, with what people wrote in the other."""
    theirs, ours = (getattr(one, "metadata", None) for one in (entry, into))
    return (theirs, ours) if theirs is not None and ours is not None else None


def fields_taken(entry: Held, into: Held) -> set[str]:
    """What the one that stays takes over from the other: fields and lists that people wrote there alone."""
    return _by_people(entry) - _by_people(into) - ITS_OWN


def _move_rows(entry: Entry, into: Entry) -> None:
    for name in LISTS:
        _make_room(name, entry, into)
    for relation in relations_of(type(entry)):
        field = relation.field.name
        rows = relation.related_model._default_manager.filter(**{field: entry})
        if relation.related_model is Adaptation:
            _prefer_what_people_say(rows, field, into)
        _move(rows, field, into)


def relations_of(model: type[Entry]) -> Iterator[ForeignObjectRel]:
    """Everything that refers to entries of a kind, also what rooms further out have added."""
    return (field for field in model._meta.get_fields(include_hidden=True) if isinstance(field, ForeignObjectRel))


def _make_room(name: str, entry: Entry, into: Entry) -> None:
    """Of rows under a lock one whole list stands: that of the entry that stays, unless only the other's is locked."""
    if not hasattr(entry, name):
        return
    if name in into.locks:
        getattr(entry, name).all().delete()
    elif name in entry.locks:
        getattr(into, name).all().delete()


def _prefer_what_people_say(rows: QuerySet[Any], field: str, into: Entry) -> None:
    """Where both have an adaptation, a person's takes the place of an upstream's."""
    for row in rows.filter(source=BY_A_PERSON):
        same = {"screen_work": row.screen_work_id, "work": row.work_id, "original": row.original_id, field: into.pk}
        Adaptation.objects.filter(**same).exclude(source=BY_A_PERSON).delete()


def _move(rows: QuerySet[Any], field: str, into: Entry) -> None:
    """All at once where that is allowed, else one by one, leaving behind what the other entry has already."""
    try:
        with transaction.atomic():
            rows.update(**{field: into})
    except IntegrityError:
        for row in rows:
            _move_one(row, field, into)


def _move_one(row: Model, field: str, into: Entry) -> None:
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**{field: into})
    except IntegrityError:
        row.delete()


def _take_fields(entry: Held, into: Held) -> None:
    """What a person wrote, with its lock and where it comes from; then upstreams are merged into it once more."""
    taken = fields_taken(entry, into)
    for field in taken - LISTS:
        setattr(into, field, getattr(entry, field))
        if stamp := entry.provenance.get(field):
            into.provenance |= {field: stamp}
    into.locks |= {name: lock for name, lock in entry.locks.items() if name in taken}
    if taken & NAMES:
        derive(into)
    forget_record(into)


def _by_people(entry: Held) -> set[str]:
    """Fields that are locked, or guarded by such a lock, or put down to a person."""
    title = "name" if isinstance(entry, Person) else "title"
    written = {field for field, stamp in entry.provenance.items() if stamp[0] == BY_A_PERSON}
    guarded = {field for field in GUARDED_WITH_TITLE if hasattr(entry, field)} if title in entry.locks else set()
    return {*entry.locks, *written, *guarded} - {"*"}
