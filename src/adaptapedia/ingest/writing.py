"""What a sweep has read → catalogue, in QID order; then what has vanished, and its rejects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from adaptapedia.ingest.limits import keep_suspects, stop_where_too_little_was_read
from adaptapedia.ingest.merging import (
    Merged,
    lock_catalogue,
    merge_adaptations,
    merge_people,
    merge_screen_works,
    merge_works,
)
from adaptapedia.ingest.models import Sweep, SweepItem
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.redirects import merge_redirected, redirected, targets_of
from adaptapedia.ingest.rows import RECORD, PairRow
from adaptapedia.ingest.second_hand import LAST, know_items
from adaptapedia.ingest.sides import class_tree
from adaptapedia.ingest.sql import execute, scalar, statement
from adaptapedia.ingest.sweep import enter, step
from adaptapedia.ingest.vanished import settle_vanished
from adaptapedia.scheduling.jobs import Counts, Run
from adaptapedia.sources.wikidata.kinds import ClassTree
from adaptapedia.sources.wikidata.records import Item

MERGE_BATCH = 5_000
"""Rows a transaction: long enough to be cheap, short enough to keep nobody waiting."""

ACCEPTED = """
    FROM ingest_sweepitem AS t WHERE t.sweep_id = %(sweep)s AND t.side = %(side)s AND t.problem = ''
"""
IN_AN_ACCEPTED_PAIR = """
    AND EXISTS (SELECT FROM ingest_sweepedge AS e WHERE e.sweep_id = t.sweep_id AND e.subject = t.qid AND e.reason = ''
      UNION ALL SELECT FROM ingest_sweepedge AS e WHERE e.sweep_id = t.sweep_id AND e.source = t.qid AND e.reason = '')
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of rows to write, and how its batches are found and merged."""

    name: str
    side: str
    source: str
    merge: Callable[[Sequence[Item], ClassTree, Origin], Merged]


def _people(items: Sequence[Item], _tree: ClassTree, origin: Origin) -> Merged:
    return merge_people(items, origin=origin)


def _works(items: Sequence[Item], tree: ClassTree, origin: Origin) -> Merged:
    return merge_works([(item, tree.written_form(item.classes) or "written_work") for item in items], origin=origin)


def _screen_works(items: Sequence[Item], tree: ClassTree, origin: Origin) -> Merged:
    return merge_screen_works([(item, tree.screen_kind(item.classes) or "other") for item in items], origin=origin)


PARTS = (
    Part("people", "person", ACCEPTED, _people),
    Part("works", "work", ACCEPTED + IN_AN_ACCEPTED_PAIR, _works),
    Part("screen_works", "screen", ACCEPTED + IN_AN_ACCEPTED_PAIR, _screen_works),
)

NO_ENTRIES = (SweepItem.Side.OTHER, SweepItem.Side.REDIRECT, SweepItem.Side.ABSENT)
"""Sides of items of which no entry is made."""


def write_catalogue(sweep: Sweep, run: Run, *, origin: Origin) -> Counts:
    """Bring the catalogue up to what the sweep has read. The counts are of the whole sweep.

    What is told second-hand merges, retires and restores nothing, and leaves the rejects as they are. Raises Ask, with
    nothing written, where the sweep has read far less than is usual.
    """
    if not sweep.cursor:
        read = _rows_to_write(sweep)
        if not origin.is_second_hand:
            stop_where_too_little_was_read(sweep, run, read)
        with step(sweep):
            lock_catalogue()
            keep_suspects(sweep)
            _count_merged(sweep, {} if origin.is_second_hand else merge_redirected(sweep))
            if origin.is_second_hand:
                sweep.counts["left_as_they_were"] = 0
            sweep.counts["read"] = read
            sweep.cursor = {"part": 0, "after": [0, 0], "done": 0, "total": sum(read.values())}
    tree, targets = class_tree(sweep), targets_of(sweep)
    while sweep.cursor["part"] < len(PARTS):
        _write_entries(sweep, run, tree, targets, origin)
    while sweep.phase == Sweep.Phase.MERGE:
        _write_pairs(sweep, run, origin)
    return dict(sweep.counts)


def write_again(snapshot: Sweep, run: Run, *, origin: Origin) -> Counts:
    """Bring the catalogue back to what a finished sweep had read, which it is unless it lost something.

    The origin is second-hand: something newer may have come from elsewhere since. The sweep stays as it is.
    """
    snapshot.is_snapshot = True
    snapshot.phase, snapshot.cursor, snapshot.counts = Sweep.Phase.MERGE, {}, {}
    return write_catalogue(snapshot, run, origin=origin)


def _write_entries(sweep: Sweep, run: Run, tree: ClassTree, targets: Mapping[int, int], origin: Origin) -> None:
    part = PARTS[sweep.cursor["part"]]
    _tell(sweep, run)
    with step(sweep):
        lock_catalogue()
        items = [redirected(item, targets) for item in _items(sweep, part)]
        _count(sweep, part.name, part.merge(items, tree, origin))
        is_last = len(items) < MERGE_BATCH
        reached = LAST if is_last else items[-1].qid
        know_items(sweep, [part.side], origin=origin, after=sweep.cursor["after"][0], until=reached)
        if is_last:
            _advance(sweep, len(items), [0, 0], part=sweep.cursor["part"] + 1)
        else:
            _advance(sweep, len(items), [reached, 0])


def _write_pairs(sweep: Sweep, run: Run, origin: Origin) -> None:
    _tell(sweep, run)
    with step(sweep):
        lock_catalogue()
        pairs = _pairs(sweep)
        _count(sweep, "adaptations", merge_adaptations(pairs, origin=origin))
        if len(pairs) < MERGE_BATCH:
            run.progress(sweep.cursor["total"], sweep.cursor["total"], step="counting what was rejected")
            if not origin.is_second_hand:
                _settle(sweep, origin)
            enter(sweep, Sweep.Phase.DONE)
            sweep.finished_at = timezone.now()
        else:
            _advance(sweep, len(pairs), [pairs[-1].subject, pairs[-1].source])


def _settle(sweep: Sweep, origin: Origin) -> None:
    """Take in what only the first endpoint can say: what has vanished, is back, is rejected, and is no entry."""
    settled = settle_vanished(sweep, origin=origin)
    for name, number in settled.retired.items():
        sweep.counts[name] |= {"retired": number, "restored": settled.restored[name]}
    sweep.counts["adaptations"]["missing"] = settled.missing
    parameters = {**origin.parameters, "sweep": sweep.pk}
    execute(statement("staged_rejects"), parameters)
    execute(statement("rejects_cleared"), parameters)
    execute(statement("rejects").format(stage="stage_reject"), parameters)
    rejected = dict(_rejects_by_reason())
    sweep.counts |= {"rejected": rejected, "rejects": sum(rejected.values())}
    know_items(sweep, NO_ENTRIES, origin=origin)


def _tell(sweep: Sweep, run: Run) -> None:
    run.progress(sweep.cursor["done"], sweep.cursor["total"], step="writing the catalogue")


def _advance(sweep: Sweep, done: int, after: list[int], **changes: Any) -> None:
    sweep.cursor = {**sweep.cursor, "after": after, "done": sweep.cursor["done"] + done, **changes}


def _count_merged(sweep: Sweep, merged: Mapping[str, int]) -> None:
    for part in PARTS:
        sweep.counts[part.name] = {"created": 0, "updated": 0, "unchanged": 0, "merged": merged.get(part.name, 0)}


def _count(sweep: Sweep, name: str, merged: Merged) -> None:
    counts = sweep.counts.setdefault(name, {"created": 0, "updated": 0, "unchanged": 0})
    for outcome, number in asdict(merged).items():
        if outcome in counts:
            counts[outcome] += number
    attached = sweep.counts.setdefault("credits_and_ids", {"written": 0, "removed": 0})
    attached["written"] += merged.attached
    attached["removed"] += merged.detached
    if "left_as_they_were" in sweep.counts:
        sweep.counts["left_as_they_were"] += merged.left


def _rows_to_write(sweep: Sweep) -> dict[str, int]:
    items = {part.name: scalar(f"SELECT count(*) {part.source}", _parameters(sweep, part)) for part in PARTS}
    return {**items, "pairs": sweep.edges.filter(reason="").count()}


def _items(sweep: Sweep, part: Part) -> list[Item]:
    query = f"SELECT t.record::text {part.source} AND t.qid > %(after)s ORDER BY t.qid LIMIT {MERGE_BATCH}"
    with connection.cursor() as cursor:
        cursor.execute(query, {**_parameters(sweep, part), "after": sweep.cursor["after"][0]})
        return [RECORD.validate_json(record) for (record,) in cursor.fetchall()]


def _pairs(sweep: Sweep) -> list[PairRow]:
    query = f"""
        SELECT e.subject, e.source, item.side = 'screen'
        FROM ingest_sweepedge AS e
        JOIN ingest_sweepitem AS item ON item.sweep_id = e.sweep_id AND item.qid = e.source
        WHERE e.sweep_id = %s AND e.reason = '' AND (e.subject, e.source) > (%s, %s)
        ORDER BY e.subject, e.source LIMIT {MERGE_BATCH}
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [sweep.pk, *sweep.cursor["after"]])
        return [PairRow(*row) for row in cursor.fetchall()]


def _parameters(sweep: Sweep, part: Part) -> dict[str, Any]:
    return {"sweep": sweep.pk, "side": part.side}


def _rejects_by_reason() -> Iterator[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, count(*) FROM stage_reject GROUP BY reason ORDER BY reason")
        yield from cursor.fetchall()
