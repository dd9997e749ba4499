"""Wikidata → what a sweep keeps: the class tree, the pairs, the items, the people."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from django.db import connection
from django.db.models import Exists, OuterRef

from adaptapedia.ingest.carrying import ChangesReader, carry_items, carry_people, count_items, to_read
from adaptapedia.ingest.models import Sweep, SweepEdge, SweepItem
from adaptapedia.ingest.redirects import find_targets, follow_redirects, pend_targets
from adaptapedia.ingest.rows import RECORD, people_named_by
from adaptapedia.ingest.sides import class_tree, not_there, side_of
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import array, copy_in, stage
from adaptapedia.ingest.sweep import base_of, enter, step
from adaptapedia.scheduling.jobs import Run
from adaptapedia.sources.errors import Truncated
from adaptapedia.sources.wikidata.client import Slice
from adaptapedia.sources.wikidata.records import ClassEdge, Edge, Item

EDGE_SLICE = 5_000
"""Pairs a query. Bare pairs are cheap: the query service answers so many in a few seconds."""
ITEM_BATCH = 200
"""Items a query, of some 30 rows each."""
DRIFT = 0.01
"""So many of the pairs may vanish while they are read; more is an answer that was not whole."""


class Reader(ChangesReader, Protocol):
    """What a sweep asks of Wikidata: `WikidataClient`, or anything that answers like it."""

    def class_edges(self) -> Sequence[ClassEdge]: ...
    def edge_count(self) -> int: ...
    def edges_after(self, cursor: Edge | None, *, limit: int) -> Slice: ...
    def items(self, qids: Sequence[int]) -> Sequence[Item]: ...


def read_classes(sweep: Sweep, reader: Reader, run: Run) -> None:
    """The class tree, once."""
    run.progress(0, step="reading the class tree")
    classes = reader.class_edges()
    if not classes:
        raise Truncated("Wikidata answered with an empty class tree, where thousands of classes are due")
    with step(sweep):
        sweep.classes = [[edge.child, edge.parent] for edge in classes]
        sweep.save(update_fields=["classes"])
        enter(sweep, Sweep.Phase.EDGES)


def read_edges(sweep: Sweep, reader: Reader, run: Run) -> None:
    """Every pair, in slices that each agree with their count; then every item of a pair is pending."""
    if not sweep.cursor:
        expected = reader.edge_count()
        if expected == 0:
            raise Truncated("Wikidata counted no pair at all, where tens of thousands are due")
        with step(sweep):
            sweep.expected = expected
            sweep.cursor = {"after": None, "done": 0}
    while sweep.phase == Sweep.Phase.EDGES:
        done, after = sweep.cursor["done"], sweep.cursor["after"]
        run.progress(done, sweep.expected, step="reading what is based on what")
        part = reader.edges_after(Edge(*after) if after else None, limit=EDGE_SLICE)
        with step(sweep):
            _keep_edges(sweep, part.edges)
            if len(part.edges) == part.remaining:
                _end_of_edges(sweep, done + len(part.edges))
            else:
                last = part.edges[-1]
                sweep.cursor = {"after": [last.subject, last.source], "done": done + len(part.edges)}
    if sweep.phase == Sweep.Phase.CLASSES:
        raise Truncated(f"Wikidata counted {sweep.expected} pairs and gave many fewer; they are read anew next time")


def _end_of_edges(sweep: Sweep, number: int) -> None:
    """On to the items, or, where far fewer pairs came than were counted at the start, back to the beginning."""
    if number < (sweep.expected or 0) * (1 - DRIFT):
        sweep.edges.all().delete()
        enter(sweep, Sweep.Phase.CLASSES)
        return
    base = base_of(sweep)
    carried = base is not None and carry_items(sweep, base)
    execute(statement("pending_from_edges"), {"sweep": sweep.pk})
    _analyze()
    if carried:
        enter(sweep, Sweep.Phase.CHANGES, {"after": 0, "done": 0})
    else:
        enter(sweep, Sweep.Phase.ITEMS, to_read(sweep))


def read_items(sweep: Sweep, reader: Reader, run: Run) -> None:
    """Every item of a pair that is pending, and what redirects lead to.

    Then each pair has its verdict and everybody in the credits is pending.
    """
    tree = class_tree(sweep)

    def classify(item: Item, is_subject: bool) -> str:
        return side_of(item, tree, is_subject=is_subject)

    _read_pending(sweep, reader, run, classify=classify, label="reading works and screen works")
    with step(sweep):
        _analyze()
        follow_redirects(sweep)
        execute(statement("pair_verdicts"), {"sweep": sweep.pk})
        if (base := base_of(sweep)) is not None:
            carry_people(sweep, base)
        execute(statement("pending_from_credits"), {"sweep": sweep.pk})
        enter(sweep, Sweep.Phase.PEOPLE, to_read(sweep))


def read_people(sweep: Sweep, reader: Reader, run: Run) -> None:
    """Everybody in the credits of what will be written."""

    def classify(item: Item, _is_subject: bool) -> str:
        return not_there(item) or SweepItem.Side.PERSON

    _read_pending(sweep, reader, run, classify=classify, label="reading people")
    with step(sweep):
        _analyze()
        find_targets(sweep)
        enter(sweep, Sweep.Phase.SUSPECTS)


def _analyze() -> None:
    """Tell the planner of the rows that a sweep has just brought: it would not know them for minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ingest_sweepedge, ingest_sweepitem")


def _problem_of(item: Item) -> str:
    if item.label is not None:
        return ""
    return "title_too_long" if any(p.reason == "title_too_long" for p in item.problems) else "without_name"


def keep_items(sweep: Sweep, items: Iterable[tuple[Item, str]]) -> None:
    """Keep what has been read of items that the sweep needs, each with its side. Within a step."""
    rows = (
        (
            item.qid,
            side,
            _problem_of(item),
            array(people_named_by(item)),
            RECORD.dump_json(item, exclude_defaults=True).decode(),
        )
        for item, side in items
    )
    stage("stage_read_item", ("qid", "side", "problem", "people", "record"), rows)
    execute(statement("store_read_items"), {"sweep": sweep.pk})


def _read_pending(sweep: Sweep, reader: Reader, run: Run, *, classify: Callable[[Item, bool], str], label: str) -> None:
    while batch := _pending_batch(sweep) or _pending_targets(sweep):
        run.progress(sweep.cursor["done"], sweep.cursor["total"], step=label)
        items = reader.items(list(batch))
        with step(sweep):
            keep_items(sweep, ((item, classify(item, batch[item.qid])) for item in items))
            count_items(sweep, read=len(batch))
            sweep.cursor = {**sweep.cursor, "done": sweep.cursor["done"] + len(batch)}


def _pending_targets(sweep: Sweep) -> dict[int, bool]:
    """When everything has been read: the next items that redirects lead to, if any have not been read yet."""
    with step(sweep):
        further = pend_targets(sweep)
        sweep.cursor = {**sweep.cursor, "total": sweep.cursor["total"] + further}
    return _pending_batch(sweep) if further else {}


def _pending_batch(sweep: Sweep) -> dict[int, bool]:
    """The next pending items in QID order; for each, whether it is the subject of a pair."""
    subject_of = SweepEdge.objects.filter(sweep=sweep, subject=OuterRef("qid"))
    pending = SweepItem.objects.filter(sweep=sweep, side=SweepItem.Side.PENDING).order_by("qid")
    return dict(pending.annotate(is_subject=Exists(subject_of)).values_list("qid", "is_subject")[:ITEM_BATCH])


def _keep_edges(sweep: Sweep, edges: Iterable[Edge]) -> None:
    rows = ((sweep.pk, edge.subject, edge.source, "") for edge in edges)
    copy_in("ingest_sweepedge", ("sweep_id", "subject", "source", "reason"), rows)
