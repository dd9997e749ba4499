"""What has not changed since the last finished sweep is carried over from it instead of being read again.

Pairs are read anew every day, which is cheap and shows what has vanished. An item of a pair is carried over
when it said, the last time it was read, when it had last changed, and the upstream names no later change. A
person's item is carried over on the same terms without being asked about: whole sweeps refresh people.
"""

import logging
from datetime import datetime
from typing import Protocol

from django.db.models import QuerySet

from adaptapedia.ingest.models import Sweep, SweepItem
from adaptapedia.ingest.sides import settle_sides
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.sweep import LAG, enter, step
from adaptapedia.scheduling.jobs import Run
from adaptapedia.sources.errors import TimedOut
from adaptapedia.sources.wikidata.records import Changes

log = logging.getLogger(__name__)

CHANGES_SLICE = 20_000
"""Items a query, of one row each."""


class ChangesReader(Protocol):
    def changed_after(self, cursor: int, *, since: datetime, limit: int) -> Changes: ...


def carry_items(sweep: Sweep, base: Sweep) -> bool:
    """Carry over the items of pairs that say when they last changed; whether there are any. Within a step."""
    return execute(statement("carried_items"), {"sweep": sweep.pk, "base": base.pk}) > 0


def carry_people(sweep: Sweep, base: Sweep) -> None:
    """The same for everybody in the credits. Within a step."""
    carried = execute(statement("carried_people"), {"sweep": sweep.pk, "base": base.pk})
    count_items(sweep, carried_over=carried)


def read_changes(sweep: Sweep, reader: ChangesReader, run: Run, *, base: Sweep) -> None:
    """What has changed since the last finished sweep began, less the time an edit takes to arrive, is pending again.

    Everything is, at an endpoint that takes too long to say so.
    """
    since = base.started_at - LAG
    while sweep.phase == Sweep.Phase.CHANGES:
        done = sweep.cursor["done"]
        run.progress(done, step="reading what has changed")
        try:
            part = reader.changed_after(sweep.cursor["after"], since=since, limit=CHANGES_SLICE)
        except TimedOut as error:
            log.warning("Run %s reads everything: %s", run.id, error)
            part = None
        with step(sweep):
            if part is None:
                _items(sweep).update(side=SweepItem.Side.PENDING)
            else:
                execute(statement("pending_from_changes"), {"sweep": sweep.pk, "qids": list(part.qids)})
            if part is None or len(part.qids) == part.remaining:
                _end_of_changes(sweep)
            else:
                sweep.cursor = {"after": part.qids[-1], "done": done + len(part.qids)}


def count_items(sweep: Sweep, *, read: int = 0, carried_over: int = 0) -> None:
    counts = sweep.counts.setdefault("items", {"read": 0, "carried_over": 0})
    counts["read"] += read
    counts["carried_over"] += carried_over


def to_read(sweep: Sweep) -> dict[str, int]:
    """The cursor at the start of a phase that reads what is pending."""
    return {"done": 0, "total": _items(sweep).filter(side=SweepItem.Side.PENDING).count()}


def _end_of_changes(sweep: Sweep) -> None:
    settle_sides(sweep)
    count_items(sweep, carried_over=_items(sweep).exclude(side=SweepItem.Side.PENDING).count())
    enter(sweep, Sweep.Phase.ITEMS, to_read(sweep))


def _items(sweep: Sweep) -> QuerySet[SweepItem]:
    return SweepItem.objects.filter(sweep=sweep)
