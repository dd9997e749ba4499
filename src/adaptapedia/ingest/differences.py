"""What an upstream says otherwise than a person has written: kept beside it, until somebody decides."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import Held, Stamp, after_edit, after_unlock, of_json, take_upstream
from adaptapedia.catalogue.derived import GUARDED_WITH_TITLE
from adaptapedia.catalogue.metadata import Metadata, ScreenMetadata, WorkMetadata
from adaptapedia.catalogue.models import Person, ScreenWork, Work
from adaptapedia.ingest.models import Difference
from adaptapedia.ingest.origin import YIELDING, Origin
from adaptapedia.ingest.sql import execute, statement

PERSON = "person"
OURS_ALONE = {"retired_at"}
"""Fields that people write and no upstream has a say in."""
MODELS: Mapping[str, type[Held]] = {
    Difference.Kind.WORK: Work,
    Difference.Kind.SCREEN_WORK: ScreenWork,
    Difference.Kind.PERSON: Person,
    Difference.Kind.WORK_METADATA: WorkMetadata,
    Difference.Kind.SCREEN_METADATA: ScreenMetadata,
}
KINDS: Mapping[type[Held], Difference.Kind] = {model: Difference.Kind(kind) for kind, model in MODELS.items()}


def note_differences(
    kind: str, *, table: str, stage: str, fields: Collection[str], origin: Origin, join: str = "wikidata_id"
) -> int:
    """Bring the differences of staged rows up to date: new ones, other ones, those that are settled.

    The stage holds what the upstream says, under the names of the table's fields, and names rows by the column
    `join`: of metadata their key. Differences written.
    """
    told = [field for field in fields if field not in GUARDED_WITH_TITLE]
    rows = ", ".join(
        f'(\'{field}\', to_jsonb(t."{field}"), to_jsonb(s."{field}"), jsonb_build_object({_columns(field, fields)}))'
        for field in told
    )
    key = "id" if join == "wikidata_id" else join
    names = ", ".join(f"'{field}'" for field in told)
    noted = statement("differences").format(
        kind=kind, table=table, stage=stage, fields=rows, names=names, join=join, key=key
    )
    return execute(noted, origin.parameters)


def _columns(field: str, fields: Collection[str]) -> str:
    return ", ".join(f"'{column}', s.\"{column}\"" for column in _going_together(field, fields))


def _going_together(field: str, fields: Collection[str]) -> tuple[str, ...]:
    """The fields that a difference in one is about: an entry's title has its language with it."""
    return (field, f"{field}_language") if f"{field}_language" in GUARDED_WITH_TITLE & {*fields} else (field,)


def differences(*, kept: bool = False) -> QuerySet[Difference]:
    """Those that wait for somebody's decision, or those where ours was kept; the newest first."""
    return Difference.objects.filter(kept_at__isnull=not kept).select_related("kept_by").order_by("-id")


def differences_of(row: Held) -> QuerySet[Difference]:
    """What upstreams say otherwise than one entry, or its metadata, decided or not."""
    return Difference.objects.filter(kind=KINDS[type(row)], entry_id=row.pk).order_by("field", "source")


def rows_of(found: Iterable[Difference]) -> dict[int, Held]:
    """What differences are about, by their keys, in a query a kind; of what is gone nothing."""
    by_kind: dict[str, set[int]] = {}
    differences = list(found)
    for difference in differences:
        by_kind.setdefault(difference.kind, set()).add(difference.entry_id)
    rows = {kind: _in_bulk(MODELS[kind], keys) for kind, keys in by_kind.items()}
    return {one.pk: rows[one.kind][one.entry_id] for one in differences if one.entry_id in rows[one.kind]}


def _in_bulk(model: type[Held], keys: Collection[int]) -> Mapping[int, Held]:
    """Metadata with their entries, by whose names people know them."""
    rows: Any = model._default_manager.all()
    found: dict[int, Held] = (rows.select_related(model.owner()) if issubclass(model, Metadata) else rows).in_bulk(keys)
    return found


def keep_ours(difference: Difference, *, by: User) -> bool:
    """Let the person's value stand until the upstream says something else again. False when it does so already."""
    same = Difference.objects.filter(pk=difference.pk, theirs=difference.theirs)
    return bool(same.update(kept_at=timezone.now(), kept_by=by))


@transaction.atomic
def take_theirs(difference: Difference) -> bool:
    """Write what the upstream says, and let upstreams write the field again. False when it says that no more.

    Who decided so is kept as the actor of the row's change.
    """
    current = Difference.objects.select_for_update().filter(pk=difference.pk, theirs=difference.theirs).first()
    if current is None or (row := rows_of([current]).get(current.pk)) is None:
        return False
    stamp: Stamp = [current.source, current.run_id, current.first_seen_at.isoformat(timespec="seconds")]
    take_upstream(row, current.theirs, field=current.field, stamp=stamp)
    return True


@after_edit
def _keep_what_was_overwritten(row: Held, former: Mapping[str, Any], stamps: Mapping[str, Stamp]) -> None:
    """What an upstream said of a field that a person has now written, they say otherwise from now on."""
    columns = {field.name for field in row._meta.concrete_fields}
    for field in former.keys() - GUARDED_WITH_TITLE - OURS_ALONE:
        together = _going_together(field, columns)
        source, run, at = stamps.get(field) or ("", None, None)
        if source and source not in {PERSON, *YIELDING}:
            _tell(row, field, {name: former.get(name, getattr(row, name)) for name in together}, source, run, at)
        for told in differences_of(row).filter(field=field):
            if of_json(row, field, told.theirs.get(field)) == getattr(row, field):
                told.delete()


def _tell(row: Held, field: str, theirs: Mapping[str, Any], source: str, run: int | None, at: str | None) -> None:
    Difference.objects.update_or_create(
        kind=KINDS[type(row)],
        entry_id=row.pk,
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
def _forget(row: Held, fields: frozenset[str]) -> None:
    """Without a lock there is nothing to decide: the upstream writes the field."""
    differences_of(row).filter(field__in=fields).delete()
