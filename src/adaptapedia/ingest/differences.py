"""What an upstream says otherwise than a person has written: kept beside it, until somebody decides."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import Stamp, after_edit, after_unlock, take_upstream
from adaptapedia.catalogue.derived import GUARDED_WITH_TITLE
from adaptapedia.catalogue.models import Entry, Person, ScreenWork, Work
from adaptapedia.ingest.models import Difference
from adaptapedia.ingest.origin import YIELDING, Origin
from adaptapedia.ingest.sql import execute, statement

PERSON = "person"
OURS_ALONE = {"retired_at"}
"""Fields that people write and no upstream has a say in."""
MODELS: Mapping[str, type[Work] | type[ScreenWork] | type[Person]] = {
    Difference.Kind.WORK: Work,
    Difference.Kind.SCREEN_WORK: ScreenWork,
    Difference.Kind.PERSON: Person,
}
KINDS: Mapping[type[Entry], Difference.Kind] = {model: Difference.Kind(kind) for kind, model in MODELS.items()}


def note_differences(kind: str, *, table: str, stage: str, fields: Iterable[str], origin: Origin) -> int:
    """Bring the differences of staged entries up to date: new ones, other ones, those that are settled.

    The stage holds what the upstream says, under the names of the table's fields. Differences written.
    """
    rows = ", ".join(
        f"('{field}', to_jsonb(t.{field}), to_jsonb(s.{field}), jsonb_build_object({_columns(field)}))"
        for field in fields
        if field not in GUARDED_WITH_TITLE
    )
    told = statement("differences").format(kind=kind, table=table, stage=stage, fields=rows)
    return execute(told, origin.parameters)


def _columns(field: str) -> str:
    return ", ".join(f"'{column}', s.{column}" for column in _going_together(field))


def _going_together(field: str) -> tuple[str, ...]:
    """The fields that a difference in one is about: a title has its language with it."""
    return (field, f"{field}_language") if f"{field}_language" in GUARDED_WITH_TITLE else (field,)


def differences(*, kept: bool = False) -> QuerySet[Difference]:
    """Those that wait for somebody's decision, or those where ours was kept; the newest first."""
    return Difference.objects.filter(kept_at__isnull=not kept).select_related("kept_by").order_by("-id")


def differences_of(entry: Entry) -> QuerySet[Difference]:
    """What upstreams say otherwise than one entry, decided or not."""
    return Difference.objects.filter(kind=KINDS[type(entry)], entry_id=entry.pk).order_by("field", "source")


def entries_of(found: Iterable[Difference]) -> dict[int, Entry]:
    """The entries of differences by the differences' keys, in a query a kind; gone ones are left out."""
    by_kind: dict[str, set[int]] = {}
    rows = list(found)
    for row in rows:
        by_kind.setdefault(row.kind, set()).add(row.entry_id)
    entries = {kind: MODELS[kind]._default_manager.in_bulk(keys) for kind, keys in by_kind.items()}
    return {row.pk: entries[row.kind][row.entry_id] for row in rows if row.entry_id in entries[row.kind]}


def keep_ours(difference: Difference, *, by: User) -> bool:
    """Let the person's value stand until the upstream says something else again. False when it does so already."""
    same = Difference.objects.filter(pk=difference.pk, theirs=difference.theirs)
    return bool(same.update(kept_at=timezone.now(), kept_by=by))


@transaction.atomic
def take_theirs(difference: Difference) -> bool:
    """Write what the upstream says, and let upstreams write the field again. False when it says that no more.

    Who decided so is kept as the actor of the entry's change.
    """
    current = Difference.objects.select_for_update().filter(pk=difference.pk, theirs=difference.theirs).first()
    if current is None or (entry := entries_of([current]).get(current.pk)) is None:
        return False
    stamp: Stamp = [current.source, current.run_id, current.first_seen_at.isoformat(timespec="seconds")]
    take_upstream(entry, current.theirs, field=current.field, stamp=stamp)
    return True


@after_edit
def _keep_what_was_overwritten(entry: Entry, former: Mapping[str, Any], stamps: Mapping[str, Stamp]) -> None:
    """What an upstream said of a field that a person has now written, they say otherwise from now on."""
    for field in former.keys() - GUARDED_WITH_TITLE - OURS_ALONE:
        together = _going_together(field)
        source, run, at = stamps.get(field) or ("", None, None)
        if source and source not in {PERSON, *YIELDING}:
            _tell(entry, field, {name: former.get(name, getattr(entry, name)) for name in together}, source, run, at)
        for row in differences_of(entry).filter(field=field):
            if row.theirs.get(field) == getattr(entry, field):
                row.delete()


def _tell(entry: Entry, field: str, theirs: Mapping[str, Any], source: str, run: int | None, at: str | None) -> None:
    Difference.objects.update_or_create(
        kind=KINDS[type(entry)],
        entry_id=entry.pk,
        field=field,
        source=source,
        defaults={
            "theirs": theirs,
            "run_id": run,
            "first_seen_at": (at and parse_datetime(at)) or timezone.now(),
            "kept_at": None,
            "kept_by": None,
        },
    )


@after_unlock
def _forget(entry: Entry, fields: frozenset[str]) -> None:
    """Without a lock there is nothing to decide: the upstream writes the field."""
    differences_of(entry).filter(field__in=fields).delete()
