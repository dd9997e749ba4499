"""The starter catalogue into an empty catalogue: what a first start shows until Wikidata has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from adaptapedia.catalogue.models import Adaptation, Person, ScreenCredit, ScreenWork, Work
from adaptapedia.ingest.merging import (
    lock_catalogue,
    merge_adaptations,
    merge_people,
    merge_screen_works,
    merge_works,
)
from adaptapedia.ingest.origin import STARTER, Origin
from adaptapedia.ingest.rows import CreditRow
from adaptapedia.ingest.starter.facts import Facts, starter_facts


class CatalogueNotEmpty(Exception):
    """The starter catalogue is for an empty one only, and this one has entries."""

    def __init__(self) -> None:
        super().__init__("The catalogue has entries already, and the starter catalogue is for an empty one only.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of each came in."""

    works: int
    screen_works: int
    adaptations: int
    people: int


@transaction.atomic
def load_starter() -> Loaded:
    """Fill an empty catalogue with the starter catalogue, or change nothing. Raises CatalogueNotEmpty.

    It goes in as an ingestion would, under the same lock, so that of several at once one loads. It is no
    ingestion: no run, sweep or freshness is written.
    """
    lock_catalogue()
    if not catalogue_is_empty():
        raise CatalogueNotEmpty
    origin = Origin(STARTER, None, timezone.now())
    return _write(starter_facts(), origin)


def catalogue_is_empty() -> bool:
    """Whether nothing stands in the catalogue, not even something retired."""
    return not any(model._default_manager.exists() for model in (Work, ScreenWork, Person, Adaptation))


def _write(facts: Facts, origin: Origin) -> Loaded:
    people = merge_people(facts.people, origin=origin)
    works = merge_works(facts.works, origin=origin)
    screen_works = merge_screen_works(facts.screen_works, origin=origin)
    _credit_by_name(facts.credits_by_name, origin)
    adaptations = merge_adaptations(facts.pairs, origin=origin)
    return Loaded(works.created, screen_works.created, adaptations.created, people.created)


def _credit_by_name(rows: Sequence[CreditRow], origin: Origin) -> None:
    keys = dict(ScreenWork.objects.values_list("wikidata_id", "pk"))
    ScreenCredit.objects.bulk_create(
        ScreenCredit(
            screen_work_id=keys[row.wikidata_id],
            role=row.role,
            position=row.position,
            name=row.name,
            source=origin.source,
        )
        for row in rows
    )
