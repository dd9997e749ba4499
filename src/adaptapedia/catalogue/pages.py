"""What the page of a book or a screen work shows, read in a bounded number of queries. What is retired is hidden.

Five for a book, six for a screen work, however much there is; one more for a former slug.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Q, QuerySet

from adaptapedia.catalogue.models import (
    Adaptation,
    Credit,
    Person,
    ScreenCredit,
    ScreenExternalId,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
)
from adaptapedia.catalogue.queries import find_by_slug

SIBLINGS_SHOWN = 24
UNSHOWN = ("provenance", "locks", "search_text", "wikidata_digest", "countries", "genres", "series")
"""Columns that no page shows: they would be most of what is read."""

AnyTitled = TypeVar("AnyTitled", Work, ScreenWork)


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody in the credits: a person of the catalogue, or only a name. `language` is empty where it is unknown."""

    text: str
    language: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class OnScreen:
    """One screen work in a list: how it is related, and who made it (directors, else creators)."""

    screen_work: ScreenWork
    relation: str
    makers: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What a screen work was made from: a work or another screen work, and who made that."""

    entry: Work | ScreenWork
    relation: str
    makers: tuple[Name, ...] = ()

    @property
    def written(self) -> bool:
        """Whether it is a work, something to read."""
        return isinstance(self.entry, Work)


@dataclass(frozen=True, slots=True)
class BookPage:
    work: Work
    authors: tuple[Name, ...]
    external_ids: tuple[WorkExternalId, ...]
    on_screen: tuple[OnScreen, ...]
    """By year, unknown years last."""


@dataclass(frozen=True, slots=True)
class ScreenPage:
    screen_work: ScreenWork
    credits: Mapping[str, tuple[Name, ...]]
    """By role: director, creator, screenwriter."""
    external_ids: tuple[ScreenExternalId, ...]
    sources: tuple[Source, ...]
    """Works before screen works."""
    remakes: tuple[OnScreen, ...]
    siblings: tuple[OnScreen, ...]
    """Others of the same works that are neither sources nor remakes, by year; at most SIBLINGS_SHOWN."""
    siblings_in_all: int

    @property
    def makers(self) -> tuple[Name, ...]:
        return _makers(self.credits)


@dataclass(frozen=True, slots=True)
class _Related:
    remakes: list[Adaptation] = field(default_factory=list)
    siblings: dict[int, Adaptation] = field(default_factory=dict)


def current_slug(model: type[AnyTitled], slug: str) -> str | None:
    """The slug of the entry that has, or once had, this one; None where nothing is found by it."""
    found = find_by_slug(model, slug)
    return found[0].slug if found else None


def book_page(slug: str) -> BookPage | None:
    """The book that has this slug now, with all that its page shows; None where there is none."""
    work = Work.objects.filter(slug=slug, retired_at=None).defer(*UNSHOWN).first()
    if work is None:
        return None
    adaptations = _by_year(_shown(Adaptation.objects.filter(work=work)))
    credits = _screen_credits([adaptation.screen_work_id for adaptation in adaptations])
    return BookPage(
        work=work,
        authors=_work_credits([work.pk])[work.pk],
        external_ids=tuple(work.external_ids.order_by("scheme", "value")),
        on_screen=_on_screen(adaptations, credits),
    )


def screen_page(slug: str) -> ScreenPage | None:
    """The screen work that has this slug now, with all that its page shows; None where there is none."""
    screen = ScreenWork.objects.filter(slug=slug, retired_at=None).defer(*UNSHOWN).first()
    if screen is None:
        return None
    made_from = _made_from(screen)
    works = [adaptation.work for adaptation in made_from if adaptation.work]
    related = _related(screen, works)
    originals = [adaptation.original_id for adaptation in made_from if adaptation.original_id]
    named = {*originals, *(adaptation.screen_work_id for adaptation in related.remakes)}
    siblings = _by_year(other for made, other in related.siblings.items() if made not in named)
    shown = siblings[:SIBLINGS_SHOWN]
    listed = [adaptation.screen_work_id for adaptation in (*related.remakes, *shown)]
    credits = _screen_credits([screen.pk, *originals, *listed])
    return ScreenPage(
        screen_work=screen,
        credits=credits[screen.pk],
        external_ids=tuple(screen.external_ids.order_by("scheme", "value")),
        sources=_sources(made_from, _work_credits([work.pk for work in works]), credits),
        remakes=_on_screen(_by_year(related.remakes), credits),
        siblings=_on_screen(shown, credits),
        siblings_in_all=len(siblings),
    )


def _shown(adaptations: QuerySet[Adaptation]) -> QuerySet[Adaptation]:
    """Of these the ones that stand and whose screen work does, with the screen work."""
    shown = adaptations.filter(retired_at=None, screen_work__retired_at=None).select_related("screen_work")
    return shown.defer(*_through("screen_work"))


def _through(*relations: str) -> list[str]:
    return [f"{relation}__{column}" for relation in relations for column in UNSHOWN]


def _made_from(screen: ScreenWork) -> list[Adaptation]:
    made = Adaptation.objects.filter(screen_work=screen, retired_at=None)
    made = made.filter(
        Q(work__isnull=False, work__retired_at=None) | Q(original__isnull=False, original__retired_at=None)
    )
    return list(made.select_related("work", "original").defer(*_through("work", "original")))


def _related(screen: ScreenWork, works: Sequence[Work]) -> _Related:
    """Remakes of a screen work, and what else was made from the same works, each once; in one query."""
    related = _Related()
    found = Adaptation.objects.filter(Q(original=screen) | Q(work__in=[work.pk for work in works]))
    for adaptation in _shown(found).exclude(screen_work=screen):
        if adaptation.original_id == screen.pk:
            related.remakes.append(adaptation)
        else:
            related.siblings.setdefault(adaptation.screen_work_id, adaptation)
    return related


def _by_year(adaptations: Iterable[Adaptation]) -> list[Adaptation]:
    return sorted(
        adaptations,
        key=lambda adaptation: (
            adaptation.screen_work.year is None,
            adaptation.screen_work.year or 0,
            adaptation.screen_work.sort_key,
            adaptation.screen_work_id,
        ),
    )


def _on_screen(
    adaptations: Iterable[Adaptation], credits: Mapping[int, Mapping[str, tuple[Name, ...]]]
) -> tuple[OnScreen, ...]:
    return tuple(
        OnScreen(
            screen_work=adaptation.screen_work,
            relation=adaptation.relation,
            makers=_makers(credits[adaptation.screen_work_id]),
        )
        for adaptation in adaptations
    )


def _sources(
    made_from: Iterable[Adaptation],
    authors: Mapping[int, tuple[Name, ...]],
    credits: Mapping[int, Mapping[str, tuple[Name, ...]]],
) -> tuple[Source, ...]:
    """Works before screen works, each by year."""
    found = []
    for adaptation in made_from:
        if adaptation.work is not None:
            found.append(Source(adaptation.work, adaptation.relation, authors[adaptation.work.pk]))
        elif adaptation.original is not None:
            found.append(Source(adaptation.original, adaptation.relation, _makers(credits[adaptation.original.pk])))
    return tuple(
        sorted(found, key=lambda source: (not source.written, source.entry.year is None, source.entry.year or 0))
    )


def _makers(credits: Mapping[str, tuple[Name, ...]]) -> tuple[Name, ...]:
    return credits.get(ScreenCredit.Role.DIRECTOR) or credits.get(ScreenCredit.Role.CREATOR) or ()


def _screen_credits(screen_works: Sequence[int]) -> Mapping[int, Mapping[str, tuple[Name, ...]]]:
    """The credits of each, by role, in their order."""
    rows = ScreenCredit.objects.filter(screen_work__in=screen_works).order_by("screen_work_id", "role", "position")
    by_role: dict[int, dict[str, tuple[Name, ...]]] = defaultdict(dict)
    for row in _with_people(rows) if screen_works else ():
        roles = by_role[row.screen_work_id]
        roles[row.role] = (*roles.get(row.role, ()), *_names(row))
    return by_role


def _work_credits(works: Sequence[int]) -> Mapping[int, tuple[Name, ...]]:
    """The authors of each, in their order."""
    authors: dict[int, tuple[Name, ...]] = defaultdict(tuple)
    rows = WorkCredit.objects.filter(work__in=works, role=WorkCredit.Role.AUTHOR).order_by("work_id", "position")
    for row in _with_people(rows) if works else ():
        authors[row.work_id] = (*authors[row.work_id], *_names(row))
    return authors


AnyCredit = TypeVar("AnyCredit", WorkCredit, ScreenCredit)


def _with_people(rows: QuerySet[AnyCredit]) -> QuerySet[AnyCredit]:
    hidden = ("provenance", "locks", "search_text", "wikidata_digest")
    return rows.select_related("person").defer(*(f"person__{column}" for column in hidden))


def _names(credit: Credit) -> tuple[Name, ...]:
    """Who is meant; nobody where the person is retired and was not credited by a name."""
    person = credit.person
    if person is not None and person.retired_at is None:
        return (Name(person.name, person.name_language, person),)
    return (Name(credit.name),) if credit.name else ()
