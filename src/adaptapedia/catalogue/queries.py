"""Reads of the catalogue."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.db import connection
from django.db.models import Count

from adaptapedia.catalogue.models import (
    Entry,
    ExternalId,
    FormerPersonSlug,
    FormerScreenWorkSlug,
    FormerSlug,
    FormerWorkSlug,
    Person,
    PersonExternalId,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkExternalId,
)

AnyEntry = TypeVar("AnyEntry", Work, ScreenWork, Person)


class FormerSlugs(NamedTuple):
    """Where one kind of entry keeps its former slugs, and the name of the column that points back."""

    model: type[FormerSlug]
    owner: str


FORMER_SLUGS: dict[type[Entry], FormerSlugs] = {
    Work: FormerSlugs(FormerWorkSlug, "work"),
    ScreenWork: FormerSlugs(FormerScreenWorkSlug, "screen_work"),
    Person: FormerSlugs(FormerPersonSlug, "person"),
}


@dataclass(frozen=True, slots=True)
class Clash:
    """One external id that several entries of a kind claim."""

    scheme: str
    value: str
    entries: tuple[Entry, ...]


def find_by_slug(model: type[AnyEntry], slug: str) -> tuple[AnyEntry, bool] | None:
    """The entry that has, or once had, this slug, and whether its address has changed since (redirect)."""
    current = model._default_manager.filter(slug=slug, retired_at=None).first()
    if current is not None:
        return current, False
    former = FORMER_SLUGS[model]
    moved = former.model._default_manager.filter(slug=slug, **{f"{former.owner}__retired_at": None})
    row = moved.select_related(former.owner).first()
    return (getattr(row, former.owner), True) if row else None


def external_id_clashes() -> Iterator[Clash]:
    """Every external id with several entries, works before screen works before people; listed, never resolved."""
    for model, owner in ((WorkExternalId, "work"), (ScreenExternalId, "screen_work"), (PersonExternalId, "person")):
        yield from _clashes(model, owner)


def _clashes(model: type[ExternalId], owner: str) -> Iterator[Clash]:
    shared = model._default_manager.values("scheme", "value").annotate(n=Count("id")).filter(n__gt=1)
    pairs = [(row["scheme"], row["value"]) for row in shared]
    claims = model._default_manager.filter(value__in=[value for _, value in pairs]).select_related(owner)
    entries: dict[tuple[str, str], list[Entry]] = {pair: [] for pair in sorted(pairs)}
    for claim in claims.order_by(f"{owner}__wikidata_id"):
        entries.get((claim.scheme, claim.value), []).append(getattr(claim, owner))
    return (Clash(scheme, value, tuple(claimants)) for (scheme, value), claimants in entries.items())


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of each stand in the catalogue, the retired left out."""

    works: int
    screen_works: int
    adaptations: int
    people: int


def catalogue_figures() -> Figures:
    """The catalogue in four figures, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM catalogue_work WHERE retired_at IS NULL),
                   (SELECT count(*) FROM catalogue_screenwork WHERE retired_at IS NULL),
                   (SELECT count(*) FROM catalogue_adaptation WHERE retired_at IS NULL),
                   (SELECT count(*) FROM catalogue_person WHERE retired_at IS NULL)
            """
        )
        return Figures(*cursor.fetchone())
