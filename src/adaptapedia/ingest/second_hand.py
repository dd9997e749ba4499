"""What is told second-hand: by another endpoint than an upstream's first, or by a snapshot of an earlier reading.

The first endpoint is the authority; another may lag days behind. So what is told second-hand takes nothing back: it
brings in what is new, and changes what is there only where the item has changed since what we know of it
(`SourceState.modified_at`, which each part of the catalogue gets in the transaction that brings it up to a sweep).
"""

from collections.abc import Collection, Iterable

from django.db import connection

from adaptapedia.ingest.models import Sweep
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.wikidata.records import Item

LAST = 2**63 - 1
"""No item has a higher number."""


def know_items(sweep: Sweep, sides: Collection[str], *, origin: Origin, after: int = 0, until: int = LAST) -> None:
    """Know from now on what a sweep has read of items on these sides, after one number and until another.

    In the transaction that brings the catalogue up to it. Of what is told second-hand nothing is known by that.
    """
    if not origin.is_second_hand:
        within = {"sweep": sweep.pk, "sides": [*sides], "after": after, "until": until}
        execute(statement("source_states"), {**origin.parameters, **within, "is_whole": sweep.base_id is None})


def tells_more(items: Iterable[Item], *, new: Collection[int], origin: Origin) -> set[int]:
    """Of items told second-hand, those of which we know less; what they tell is known from now on.

    These are items that have changed since, and of those without an entry (`new`) also such as are told like before
    and were neither gone nor merged. In the transaction that merges them.
    """
    stage("stage_second_hand", ("qid", "modified"), ((item.qid, item.modified) for item in items))
    with connection.cursor() as cursor:
        parameters = {**origin.parameters, "new": [f"Q{qid}" for qid in new]}
        cursor.execute(statement("second_hand"), parameters)
        return {int(key.removeprefix("Q")) for (key,) in cursor.fetchall()}
