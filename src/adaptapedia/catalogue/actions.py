"""Writes of the catalogue that people ask for. What upstreams bring comes in through `ingest`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.derived import DERIVED, GUARDED_WITH_TITLE, search_text, sort_key
from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import Entry, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import FORMER_SLUGS
from adaptapedia.kit.text import clean

NOT_EDITED = DERIVED | {
    *("id", "slug", "wikidata_id", "wikidata_digest", "provenance", "locks", "created_at", "updated_at"),
    "retired_reason",
}
"""Fields of entries that are derived, kept by the machinery, or changed by an act of their own."""
KEPT = frozenset({"provenance", "locks", "wikidata_digest", "digest", "retired_reason", "updated_at"})
"""What is written along with every edit, where a row has it."""
UNREAD = 0
"""The digest of metadata that are of no record, so that the next one is merged whatever it says."""

Held = Entry | Metadata
"""What people mend and upstreams write: its locks say who holds which field."""
Stamp = Sequence[Any]
"""Where a value comes from: source, run (of a person, their number), time in ISO 8601."""
Edited = Callable[[Held, Mapping[str, Any], Mapping[str, Stamp]], None]
Unlocked = Callable[[Held, frozenset[str]], None]
EditedHook = TypeVar("EditedHook", bound=Edited)
UnlockedHook = TypeVar("UnlockedHook", bound=Unlocked)

_after_edit: list[Edited] = []
_after_unlock: list[Unlocked] = []


def after_edit(hook: EditedHook) -> EditedHook:
    """A decorator for rooms further out: called with a row that a person has written in, and with the former
    values and stamps of the fields that they wrote. It runs in the transaction of the edit."""
    _after_edit.append(hook)
    return hook


def after_unlock(hook: UnlockedHook) -> UnlockedHook:
    """A decorator for rooms further out: called with a row and the fields that upstreams may write again."""
    _after_unlock.append(hook)
    return hook


class SlugTaken(Exception):
    """Another entry has this slug, or had it once and is still found by it."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"the slug {slug!r} belongs, or once belonged, to another entry")
        self.slug = slug


class NotEdited(Exception):
    """These fields are not for people to write."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(f"nobody writes {', '.join(sorted(fields))} by hand")
        self.fields = fields


class NameMissing(Exception):
    """An entry cannot be without a title or name; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"the {field} has nothing in it that can be seen")
        self.field = field


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


@transaction.atomic
def edit_entry(entry: Held, changes: Mapping[str, Any], *, by: User) -> frozenset[str]:
    """Write what a person changed in an entry or its metadata, and lock it: no upstream overwrites it. The fields
    that were written.

    What is made from the title follows, and every field written is put down to the person. A value that
    stands already is no change. What a person retires or restores, no upstream restores or retires.
    `entry` is up to date afterwards. Raises NotEdited, NameMissing.
    """
    if barred := not_edited(type(entry)) & changes.keys():
        raise NotEdited(barred)
    hold(entry)
    given = {field: clean(value) if isinstance(value, str) else value for field, value in changes.items()}
    if (title := _title_of(entry)) in given and not given[title]:
        raise NameMissing(title)
    edited = {field for field, value in given.items() if getattr(entry, field) != value}
    before = {field: getattr(entry, field) for field in edited} | _derived(entry)
    stamps = {field: stamp for field in edited if (stamp := stamp_of(entry, field))}
    for field in edited:
        setattr(entry, field, given[field])
    if not edited:
        return frozenset()
    derive(entry)
    if isinstance(entry, Entry) and "retired_at" in edited:
        entry.retired_reason = ""
    written = edited | {field for field, value in before.items() if getattr(entry, field) != value}
    _put_down(entry, edited, written, by=by)
    _save(entry, written)
    for hook in _after_edit:
        hook(entry, before, stamps)
    return frozenset(written)


@transaction.atomic
def unlock_fields(entry: Held, fields: Iterable[str]) -> frozenset[str]:
    """Let upstreams write these fields again; those that were locked. `entry` is up to date afterwards.

    A value stands until the next reading of its upstream, which then merges the entry even though
    its record has not changed.
    """
    hold(entry)
    unlocked = entry.locks.keys() & set(fields)
    if unlocked:
        _unlock(entry, unlocked)
        _save(entry)
        for hook in _after_unlock:
            hook(entry, frozenset(unlocked))
    return frozenset(unlocked)


@transaction.atomic
def take_upstream(entry: Held, values: Mapping[str, Any], *, field: str, stamp: Stamp) -> None:
    """Write what an upstream says of a locked field (a title with its language) and unlock it.

    The values are put down to the upstream by `stamp`. The entry's next reading merges it even
    though its record has not changed. `entry` is up to date afterwards.
    """
    hold(entry)
    before = _derived(entry)
    for name, value in values.items():
        setattr(entry, name, of_json(entry, name, value))
    derive(entry)
    written = {*values, *(name for name, value in before.items() if getattr(entry, name) != value)}
    entry.provenance |= {name: list(stamp) for name in written}
    _unlock(entry, {field})
    _save(entry, written)
    for hook in _after_unlock:
        hook(entry, frozenset({field}))


def not_edited(model: type[Held]) -> frozenset[str]:
    """The fields of an entry or of metadata that are not for people to write."""
    if issubclass(model, Metadata):
        return frozenset(field.name for field in model._meta.concrete_fields) - {*model.MENDED}
    return NOT_EDITED


def of_json(entry: Held, field: str, value: Any) -> Any:
    """A field's value, of what JSON made of it: a date of its text."""
    return entry._meta.get_field(field).to_python(value)  # type: ignore[union-attr]  # no relation


def stamp_of(entry: Held, field: str) -> Stamp | None:
    """Where a field's value comes from; None when nobody knows."""
    stamp: Stamp | None = entry.provenance.get(field, entry.provenance.get("*"))
    return stamp


def forget_record(entry: Held) -> None:
    """Let the next record be merged whatever it says. Not saved."""
    if isinstance(entry, Metadata):
        entry.digest = UNREAD
    else:
        entry.wikidata_digest = None


def _unlock(entry: Held, fields: Iterable[str]) -> None:
    gone = set(fields)
    entry.locks = {field: lock for field, lock in entry.locks.items() if field not in gone}
    forget_record(entry)


def hold(entry: Held) -> None:
    """Read a row as it is by now, which nobody else writes until the transaction ends."""
    rows: Any = type(entry)._default_manager.select_for_update()
    entry.refresh_from_db(from_queryset=rows)


def _save(entry: Held, written: Iterable[str] = ()) -> None:
    entry.save(update_fields={*written, *(KEPT & {field.name for field in entry._meta.concrete_fields})})


def _title_of(entry: Held) -> str:
    """The field that cannot be empty; metadata have none."""
    if isinstance(entry, Metadata):
        return ""
    return "name" if isinstance(entry, Person) else "title"


def _derived(entry: Held) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in DERIVED if hasattr(entry, name)}


def derive(entry: Held) -> None:
    """Make anew what is made of an entry's names."""
    if isinstance(entry, Work | ScreenWork):
        entry.sort_key = sort_key(entry.title, entry.title_language)
        entry.search_text = search_text(entry.title, entry.original_title)
    elif isinstance(entry, Person):
        entry.sort_key = sort_key(entry.name, entry.name_language)
        entry.search_text = search_text(entry.name)


def _put_down(entry: Held, edited: set[str], written: set[str], *, by: User) -> None:
    """Lock what was edited, under the name of the lock that guards it, and say whom the values come from."""
    at = timezone.now().isoformat(timespec="seconds")
    guards = {_title_of(entry) if field in GUARDED_WITH_TITLE else field for field in edited}
    entry.locks |= {field: {"by": by.pk, "at": at} for field in guards}
    entry.provenance |= {field: ["person", by.pk, at] for field in written}
