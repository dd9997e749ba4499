"""Code → rows: makes the schedules what the jobs say, and leaves alone what an operator has changed.

Each term of a schedule is merged from three sides: what the code says now, what we last wrote
(`ScheduleCompanion.written`), and what stands in the row. The row's own change of a term stands;
where the code has changed that term too, this is said, and `reset` takes the code's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from adaptapedia.scheduling.attempts import lock
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.plans import CRON_FIELDS
from adaptapedia.scheduling.queries import rule_of
from adaptapedia.scheduling.terms import JobSpec, registry

Terms = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What the sync did to one schedule, or (`kept`) what it left although the code says otherwise."""

    name: str
    what: str
    """created, updated, kept, removed"""
    terms: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """By term: what stood, and what the code says."""

    def __str__(self) -> str:
        if self.what == "kept":
            stands = "; ".join(f"{term} stays {had}, the code says {says}" for term, (had, says) in self.terms.items())
            return f"kept {self.name}: {stands} (--reset {self.name} takes the code's)"
        changes = "; ".join(f"{term} {had} → {says}" for term, (had, says) in self.terms.items())
        return f"{self.what} {self.name}" + (f": {changes}" if changes else "")


def sync_schedules(specs: Iterable[JobSpec] | None = None, *, reset: str | None = None) -> list[Change]:
    """Make the rows what the jobs (all that are registered) say; what was done. Twice does nothing more.

    `reset` names a schedule that is to take all the code's terms, an operator's changes lost.
    Raises KeyError when no job has that name.
    """
    wanted = {spec.name: spec for spec in (registry.values() if specs is None else specs)}
    if reset is not None and reset not in wanted:
        raise KeyError(reset)
    with transaction.atomic():
        lock("sync")
        ours = {row.companion.written["name"]: row for row in _rows() if row.companion.written}
        changes = [
            change for spec in wanted.values() for change in _sync(spec, ours.get(spec.name), anew=spec.name == reset)
        ]
        return changes + [_remove(name, row) for name, row in ours.items() if name not in wanted and _made_by_us(row)]


def _rows() -> list[PeriodicTask]:
    return [*PeriodicTask.objects.filter(companion__isnull=False).select_related("companion", "crontab", "interval")]


def _made_by_us(row: PeriodicTask) -> bool:
    return bool(row.companion.written["made"])


def _sync(spec: JobSpec, row: PeriodicTask | None, *, anew: bool) -> Iterator[Change]:
    says = terms_of_code(spec)
    row = row or PeriodicTask.objects.filter(name=spec.name).first()
    if row is None:
        yield _create(spec, says)
        return
    companion, _ = ScheduleCompanion.objects.get_or_create(schedule=row)
    written = companion.written or {"name": spec.name, "made": False, "terms": {}}
    stands = terms_of_row(row)
    differ = {term: (stands[term], says[term]) for term in says if stands[term] != says[term]}
    taken = {term: pair for term, pair in differ.items() if anew or written["terms"].get(term, _NEVER) == pair[0]}
    if taken:
        _write(row, {term: says[term] for term in taken})
        yield Change(spec.name, "updated", taken)
    agreed = {term: says[term] for term in says if term in taken or term not in differ}
    _remember(companion, {**written, "terms": {**written["terms"], **agreed}})
    clashes = {t: pair for t, pair in differ.items() if t not in taken and written["terms"].get(t, _NEVER) != pair[1]}
    if clashes:
        yield Change(spec.name, "kept", clashes)


_NEVER = object()


def terms_of_code(spec: JobSpec) -> Terms:
    """The terms of a schedule as the code states them."""
    return {
        "task": spec.task,
        "when": f"{' '.join(spec.cron.split())} {spec.zone}",
        "queue": spec.queue,
        "expire_seconds": None if spec.expires is None else int(spec.expires.total_seconds()),
        "enabled": True,
        "description": spec.doc,
    }


def terms_of_row(row: PeriodicTask) -> Terms:
    """The same terms as they stand in the row."""
    simple = {term: getattr(row, term) for term in ("task", "queue", "expire_seconds", "enabled", "description")}
    return {**simple, "when": rule_of(row)}


def _create(spec: JobSpec, says: Terms) -> Change:
    simple = {term: value for term, value in says.items() if term != "when"}
    row = PeriodicTask.objects.create(name=spec.name, crontab=CrontabSchedule.objects.create(**_rule(says)), **simple)
    written = {"name": spec.name, "made": True, "terms": says, "crontab": row.crontab_id}
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"written": written})
    return Change(spec.name, "created")


def _write(row: PeriodicTask, terms: Terms) -> None:
    """Write some terms to the row; the announcement of django-celery-beat's `save` tells beat."""
    for term, value in terms.items():
        if term == "when":
            _give_rule_of_its_own(row, _rule(terms))
        else:
            setattr(row, term, value)
    if "expire_seconds" in terms:
        row.expires = None  # the table takes only one of the two
    row.save(update_fields=[*({*terms} - {"when"}), "expires", "crontab", "interval", "solar", "clocked"])


def _give_rule_of_its_own(row: PeriodicTask, rule: Terms) -> None:
    """Change the row's crontab in place; a new one where others share it, so that none of them moves along."""
    if row.crontab is None or row.crontab.periodictask_set.exclude(pk=row.pk).exists():
        row.crontab = CrontabSchedule.objects.create(**rule)
        row.interval = row.solar = row.clocked = None
        return
    for name, value in rule.items():
        setattr(row.crontab, name, value)
    row.crontab.save()


def _rule(terms: Terms) -> Terms:
    *fields, zone = terms["when"].split()
    return {**dict(zip(CRON_FIELDS, fields, strict=True)), "timezone": zone}


def _remember(companion: ScheduleCompanion, written: Terms) -> None:
    if companion.written != written:
        companion.written = written
        companion.save(update_fields=["written"])


def _remove(name: str, row: PeriodicTask) -> Change:
    """Delete a schedule that we made, with its crontab when that is ours and nobody else's. Its runs stay."""
    crontab = row.crontab
    ours = crontab is not None and row.companion.written.get("crontab") == crontab.pk
    row.delete()
    if crontab is not None and ours and not crontab.periodictask_set.exists():
        crontab.delete()
    return Change(name, "removed")
