"""The starter catalogue out again: what it brought and nobody has touched since."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet

from adaptapedia.catalogue.merging_entries import relations_of
from adaptapedia.catalogue.metadata import Metadata
from adaptapedia.catalogue.models import Adaptation, Credit, Entry, ExternalId, Person, ScreenWork, Work
from adaptapedia.catalogue.queries import FORMER_SLUGS
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.models import Match
from adaptapedia.ingest.origin import FOLLOWING, STARTER
from adaptapedia.ingest.starter.facts import starter_facts

GOES_ALONG = (Metadata, Match)
"""What others found out about an entry, and nobody misses with it."""
UNTOUCHED = Q(source=STARTER, retired_at=None)
"""Adaptations that no source has adopted and nobody has retired."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of each went, and how many entries stayed for which reason."""

    works: int
    screen_works: int
    adaptations: int
    people: int
    adopted: int
    """Another source brings them, and they are its own now."""
    changed: int
    """A person has written, locked, moved or retired something of them."""
    needed: int
    """Something that stays refers to them."""


@transaction.atomic
def remove_starter() -> Removed:
    """Take out what the starter catalogue brought, except what a source has adopted or a person changed.

    What something that stays refers to, stays too. Doing it twice is doing it once.
    """
    lock_catalogue()
    adopted = _adopted()
    adaptations = _delete(Adaptation.objects.filter(UNTOUCHED))
    screen_works, works, people = (_remove_entries(model) for model in (ScreenWork, Work, Person))
    return Removed(
        works=works.removed,
        screen_works=screen_works.removed,
        adaptations=adaptations,
        people=people.removed,
        adopted=adopted,
        changed=works.changed + screen_works.changed + people.changed,
        needed=works.needed + screen_works.needed + people.needed,
    )


@dataclass(frozen=True, slots=True)
class _Fate:
    removed: int
    changed: int
    needed: int


def _remove_entries(model: type[Entry]) -> _Fate:
    of_starter = model._default_manager.filter(provenance__contains={"*": [STARTER]}).select_for_update()
    entries = list(of_starter.only("pk", "provenance", "locks", "retired_at"))
    moved = _moved(model, [entry.pk for entry in entries])
    pristine = [entry.pk for entry in entries if entry.pk not in moved and not _is_changed(entry)]
    removable = model._default_manager.filter(pk__in=pristine)
    for relation in relations_that_hold(model):
        removable = removable.exclude(Exists(_holding(relation)))
    removed = _delete(removable)
    return _Fate(removed, len(entries) - len(pristine), len(pristine) - removed)


def _is_changed(entry: Entry) -> bool:
    others = (stamp for field, stamp in entry.provenance.items() if field != "*" and stamp[0] not in FOLLOWING)
    return bool(entry.locks) or entry.retired_at is not None or any(others)


def _moved(model: type[Entry], keys: Collection[int]) -> set[int]:
    """The entries to which a person has given another slug."""
    former = FORMER_SLUGS[model]
    moved = former.model._default_manager.filter(**{f"{former.owner}__in": keys})
    return set(moved.values_list(f"{former.owner}_id", flat=True))


def relations_that_hold(model: type[Entry]) -> Iterable[ForeignObjectRel]:
    """Everything that may keep an entry, also what rooms further out will add one day. Metadata go with it."""
    return (field for field in relations_of(model) if not issubclass(field.related_model, GOES_ALONG))


def _holding(relation: ForeignObjectRel) -> QuerySet[Model]:
    """Rows that keep the entry they refer to: all but what the starter catalogue itself, or TMDb, hung on it.

    A person is not kept by a credit that goes with its work: works have gone before people.
    """
    rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
    is_own = issubclass(relation.related_model, Credit | ExternalId) and relation.field.name != "person"
    return rows.exclude(source__in=(STARTER, "tmdb")) if is_own else rows


def _adopted() -> int:
    """Entries that have the item of one of the starter catalogue's, and come from elsewhere."""
    facts = starter_facts()
    items = {
        Work: [item.qid for item, _ in facts.works],
        ScreenWork: [item.qid for item, _ in facts.screen_works],
        Person: [item.qid for item in facts.people],
    }
    others = (model._default_manager.filter(wikidata_id__in=qids) for model, qids in items.items())
    return sum(entries.exclude(provenance__contains={"*": [STARTER]}).count() for entries in others)


def _delete(rows: QuerySet[Any]) -> int:
    """How many went, those not counted that went with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)
