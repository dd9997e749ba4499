"""What a run brought, out again: where nobody has touched it since and nothing of others hangs on it."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import Adaptation, Credit, Entry, ExternalId, FormerSlug
from adaptapedia.desk.changes import not_kept
from adaptapedia.ingest.models import Difference
from adaptapedia.ingest.origin import FOLLOWING
from adaptapedia.ingest.reverting.changed import BATCH, kind_name, names_of
from adaptapedia.ingest.reverting.report import Report
from adaptapedia.ingest.starter.removal import relations_that_hold

MADE = """
    SELECT t.{key} FROM {table} AS t
    WHERE t.{key} > %(after)s AND {made} AND NOT EXISTS (
        SELECT FROM ingest_change AS c
        WHERE c.run_id = %(reverted)s AND c.table_name = '{table}' AND c.row_id = t.{key} AND c.before ? '{adopted}')
    ORDER BY t.{key} LIMIT %(size)s
"""
MADE_STAMPED = "t.provenance #>> '{*,1}' = %(reverted)s::text AND t.provenance #>> '{*,0}' <> 'person'"
MADE_ADAPTATION = "t.run_id = %(reverted)s"


def next_made(model: type[Model], *, reverted: int, after: int) -> list[int]:
    """The next thousand entries, rows of metadata or adaptations that a run brought, adopted ones left out."""
    made, adopted = (MADE_ADAPTATION, "run_id") if model is Adaptation else (MADE_STAMPED, "*")
    query = MADE.format(table=model._meta.db_table, key=model._meta.pk.column, made=made, adopted=adopted)
    with connection.cursor() as cursor:
        cursor.execute(query, {"reverted": reverted, "after": after, "size": BATCH})
        return [key for (key,) in cursor.fetchall()]


def delete_adaptations(keys: Sequence[int], *, report: Report) -> None:
    """Delete a batch of adaptations, but for those that a person has made theirs or somebody has retired."""
    found = Adaptation.objects.filter(pk__in=keys).select_for_update().values_list("pk", "source", "retired_at")
    why = {
        pk: "changed since by a person" if source == "person" else "retired since"
        for pk, source, retired in found
        if source == "person" or retired is not None
    }
    _delete(Adaptation, [key for key in keys if key not in why], report)
    _leave(Adaptation, why, report)


def delete_metadata(model: type[Metadata], keys: Sequence[int], *, reverted: int, report: Report) -> None:
    """Delete a batch of metadata that nobody has changed since."""
    rows = model._default_manager.filter(pk__in=keys).select_for_update()
    why = {row.pk: reason for row in rows if (reason := _changed_since(row, reverted))}
    _delete(model, [key for key in keys if key not in why], report)
    _leave(model, why, report)


def delete_entries(model: type[Entry], keys: Sequence[int], *, reverted: int, source: str, report: Report) -> None:
    """Delete a batch of entries with what the run's source hung on them; their slugs are free again."""
    rows = model._default_manager.filter(pk__in=keys).select_for_update()
    entries = list(rows.only("pk", "wikidata_id", "provenance", "locks", "retired_at"))
    why = {entry.pk: reason for entry in entries if (reason := _touched(entry, reverted))}
    free = [entry.pk for entry in entries if entry.pk not in why]
    why |= _held(model, free, source)
    deleted = [entry for entry in entries if entry.pk not in why]
    _delete(model, [entry.pk for entry in deleted], report)
    of_kind = Difference.objects.filter(entry_id__in=[entry.pk for entry in deleted])
    of_kind.filter(kind=model._meta.verbose_name.replace(" ", "_")).delete()  # type: ignore[union-attr]
    _leave(model, why, report)


def _touched(entry: Entry, reverted: int) -> str:
    """Who has changed an entry since the run brought it; empty when nobody has."""
    if entry.retired_at is not None and not entry.locks:
        return "retired since"
    return _changed_since(entry, reverted, but_by=FOLLOWING)


def _changed_since(row: Entry | Metadata, reverted: int, *, but_by: Sequence[str] = ()) -> str:
    stamps = [stamp for stamp in row.provenance.values() if stamp[0] not in but_by]
    if row.locks or any(stamp[0] == "person" for stamp in stamps):
        return "changed since by a person"
    others = sorted({str(stamp[1] or stamp[0]) for stamp in stamps if stamp[1] != reverted})
    return f"changed since by run {others[0]}" if others else ""


def _held(model: type[Entry], keys: Sequence[int], source: str) -> dict[int, str]:
    """The entries on which something hangs that the run did not bring, or that has not gone."""
    held: dict[int, str] = {}
    for relation in relations_that_hold(model):
        rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
        is_credit = issubclass(relation.related_model, Credit) and relation.field.name != "person"
        is_own = is_credit or issubclass(relation.related_model, ExternalId)
        holding: QuerySet[Any] = rows.exclude(source__in=[source, *FOLLOWING]) if is_own else rows
        found = model._default_manager.filter(pk__in=keys).filter(Exists(holding)).values_list("pk", flat=True)
        moved = issubclass(relation.related_model, FormerSlug)
        name = str(relation.related_model._meta.verbose_name_plural)
        why = "its address has changed since" if moved else f"{name} that stay hang on it"
        held |= {pk: why for pk in found if pk not in held}
    return held


def _delete(model: type[Model], keys: Sequence[int], report: Report) -> None:
    if keys:
        kind = kind_name(model._meta.db_table)
        for _, name in names_of(model, keys[: report.room]):
            report.show(kind, name, "deleted")
        report.count(kind, "deleted", len(keys))
        with not_kept():
            model._default_manager.filter(pk__in=keys).delete()


def _leave(model: type[Model], why: dict[int, str], report: Report) -> None:
    for key, name in names_of(model, [*why]):
        report.leave(kind_name(model._meta.db_table), name, why[key])
