"""Items that redirect to others: in what a sweep has read, and in the catalogue.

A redirect (owl:sameAs) is what is left of an item that was merged into another. Pairs of the one are pairs of the
other, and so are credits; the entry under the old number is merged into the one under the new, or takes the number
over where there is none. Chains are followed to their end, a circle leads nowhere.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import chain

from django.utils import timezone

from adaptapedia.catalogue.merging_entries import merge_entries
from adaptapedia.catalogue.models import Entry, Person, ScreenWork, Work
from adaptapedia.ingest.models import Sweep, SweepItem
from adaptapedia.ingest.sides import settle_sides
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.sources.wikidata.records import Item

Side = SweepItem.Side
KINDS: tuple[tuple[type[Entry], str, str], ...] = (
    (Person, "people", Side.PERSON),
    (Work, "works", Side.WORK),
    (ScreenWork, "screen_works", Side.SCREEN),
)
"""Each kind of entry with its name in the counts and the side of its items."""


def pend_targets(sweep: Sweep) -> int:
    """Let what redirects lead to be read too; how many items that are. Within a step."""
    return execute(statement("pending_from_redirects"), {"sweep": sweep.pk})


def find_targets(sweep: Sweep) -> int:
    """Note where each redirect leads in the end; how many are new or lead elsewhere now. Within a step."""
    return execute(statement("redirect_targets"), {"sweep": sweep.pk})


def follow_redirects(sweep: Sweep) -> None:
    """Put pairs of what redirects lead to in the place of theirs, each once. Within a step."""
    if find_targets(sweep):
        for name in ("edges_redirected", "edges_of_redirects_removed", "redirects_followed"):
            execute(statement(name), {"sweep": sweep.pk})
        settle_sides(sweep, targets_only=True)


def targets_of(sweep: Sweep) -> dict[int, int]:
    """Every redirect that the sweep met, with the item that it leads to."""
    found = SweepItem.objects.filter(sweep=sweep, side=Side.REDIRECT, target__isnull=False)
    return {qid: target for qid, target in found.values_list("qid", "target") if target is not None}


def redirected(item: Item, targets: Mapping[int, int]) -> Item:
    """The item with the people whom its credits are led to, instead of those whom they name."""
    named = chain(item.authors, item.directors, item.creators, item.screenwriters)
    if targets.keys().isdisjoint(named):
        return item
    return replace(
        item,
        authors=_led(item.authors, targets),
        directors=_led(item.directors, targets),
        creators=_led(item.creators, targets),
        screenwriters=_led(item.screenwriters, targets),
    )


def merge_redirected(sweep: Sweep) -> Counter[str]:
    """Bring entries of the catalogue from their old items to the new; how many of each kind were merged into another.

    An entry stays where it is when its item now leads to the other side of the catalogue. Within a step, under the
    lock of the catalogue.
    """
    targets = targets_of(sweep)
    merged: Counter[str] = Counter()
    for model, name, side in KINDS:
        of_side = _of_side(sweep, side, set(targets.values()))
        for entry in model._default_manager.filter(wikidata_id__in=targets).order_by("wikidata_id"):
            new = targets[entry.wikidata_id or 0]
            survivor = model._default_manager.filter(wikidata_id=new).first()
            if survivor is not None:
                merge_entries(entry, into=survivor)
                merged[name] += 1
            elif new in of_side:
                _renumber(entry, new)
    return merged


def _led(people: tuple[int, ...], targets: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(sorted({targets.get(person, person) for person in people}))


def _of_side(sweep: Sweep, side: str, qids: Collection[int]) -> set[int]:
    found = SweepItem.objects.filter(sweep=sweep, side=side, qid__in=qids)
    return set(found.values_list("qid", flat=True))


def _renumber(entry: Entry, qid: int) -> None:
    """Give an entry the number that its item has now; the next merge takes in what the item says."""
    type(entry)._default_manager.filter(pk=entry.pk).update(
        wikidata_id=qid, wikidata_digest=None, updated_at=timezone.now()
    )
