"""Reads of the catalogue."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import reduce
from operator import and_
from typing import NamedTuple, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet
from redis.exceptions import RedisError

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
from adaptapedia.catalogue.shapes import key_of
from adaptapedia.kit.text import clean, fold

FIGURES_KEPT_FOR = 60
"""Seconds, at the least."""
COUNTED_SELDOM = 500
"""How many times as long as they took to count figures are kept: 2.7 million rows take a second, on two cores."""
ITEM = re.compile(r"[Qq]?([0-9]+)")

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


def external_id_clashes(*, limit: int | None = None) -> list[Clash]:
    """The external ids with several entries, works before screen works before people; listed, never resolved.

    With a limit the first so many, and no more than those are read.
    """
    found: list[Clash] = []
    for model, owner in ((WorkExternalId, "work"), (ScreenExternalId, "screen_work"), (PersonExternalId, "person")):
        left = None if limit is None else limit - len(found)
        found += _clashes(model, owner, limit=left)
    return found


def _clashes(model: type[ExternalId], owner: str, *, limit: int | None) -> Iterator[Clash]:
    shared = model._default_manager.values("scheme", "value").annotate(n=Count("id")).filter(n__gt=1)
    first = shared.order_by("scheme", "value")[:limit]
    entries: dict[tuple[str, str], list[Entry]] = {(row["scheme"], row["value"]): [] for row in first}
    for claim in _claims_of(model, entries.keys()).select_related(owner).order_by(f"{owner}__wikidata_id"):
        entries[claim.scheme, claim.value].append(getattr(claim, owner))
    return (Clash(scheme, value, tuple(claimants)) for (scheme, value), claimants in entries.items())


def _claims_of(model: type[ExternalId], pairs: Iterable[tuple[str, str]]) -> QuerySet[ExternalId]:
    values: dict[str, list[str]] = {}
    for scheme, value in pairs:
        values.setdefault(scheme, []).append(value)
    wanted = Q(pk__in=[])
    for scheme, given in values.items():
        wanted |= Q(scheme=scheme, value__in=given)
    return model._default_manager.filter(wanted)


def named(term: str) -> Q:
    """Which entries a search finds: by all its words, without case and accents, or by slug or item (42, Q42)."""
    found = Q(slug=term.strip())
    if words := fold(clean(term)).split():
        found |= reduce(and_, (Q(search_text__contains=word) for word in words))
    if item := ITEM.fullmatch(term.strip()):
        found |= Q(wikidata_id=int(item[1]))
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of each stand in the catalogue, the retired left out."""

    works: int
    screen_works: int
    adaptations: int
    people: int


FIGURES_KEY = key_of("catalogue_figures", Figures)


def catalogue_figures() -> Figures:
    """The catalogue in four figures; without the cache they are counted each time.

    They are a minute old at most, or of a big catalogue so much older that counting takes a five-hundredth of the time.
    """
    with suppress(RedisError):
        if kept := cache.get(FIGURES_KEY):
            return Figures(*kept)
    began = time.monotonic()
    figures = _count_catalogue()
    kept_for = max(FIGURES_KEPT_FOR, COUNTED_SELDOM * (time.monotonic() - began))
    with suppress(RedisError):
        cache.set(FIGURES_KEY, astuple(figures), timeout=kept_for)
    return figures


def _count_catalogue() -> Figures:
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
