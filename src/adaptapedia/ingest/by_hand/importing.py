"""A file of pairs into the catalogue: shown first, then all of it or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils import timezone

from adaptapedia.ingest.by_hand.columns import Fault, PairOfFile, checked
from adaptapedia.ingest.by_hand.matching import (
    KINDS,
    Alike,
    count_entries,
    faults_between_rows,
    look_alikes,
    match_pairs,
    stage_pairs,
)
from adaptapedia.ingest.by_hand.reading import read_rows
from adaptapedia.ingest.by_hand.told import Told
from adaptapedia.ingest.by_hand.writing import count_pairs, create_new, tell_known, update_known, write_pairs
from adaptapedia.ingest.merging import lock_catalogue
from adaptapedia.ingest.origin import FILE, Origin
from adaptapedia.scheduling.records import record_run, reserve_run_id

RUN_NAME = "ingest-file"
SHOWN = 10
COUNTED_AS = {"work": "works", "screen_work": "screen_works"}


@dataclass(slots=True)
class Outcome:
    """What a file holds, and what became of it."""

    file: str
    rows: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """`{"works": {"new": 1, "known": 2, "changed": 1}}`: changed ones are known, and counted apart from the others."""
    locked: int = 0
    """Values of the file that a person's lock keeps out."""
    faults: Told[Fault] = field(default_factory=lambda: Told(Fault))
    alike: Told[Alike] = field(default_factory=lambda: Told(Alike))
    first: list[PairOfFile] = field(default_factory=list)
    run_id: int | None = None
    """The run as which it was applied; None when it was not."""
    twins_allowed: bool = False

    @property
    def is_good(self) -> bool:
        """Whether it can be applied."""
        return not self.faults and (self.twins_allowed or not self.alike)

    @property
    def recorded(self) -> dict[str, Any]:
        """The counts of its run."""
        return {**self.counts, "rows": self.rows, "locked": self.locked}

    @property
    def as_json(self) -> dict[str, Any]:
        """Everything but the lists of faults and of what is alike, for programs."""
        return {
            "file": self.file,
            "applied": self.run_id is not None,
            "run": self.run_id,
            "rows": self.rows,
            "bad": self.faults.lines,
            "counts": self.counts,
            "locked": self.locked,
        }


@transaction.atomic
def import_file(path: str, *, apply: bool, allow_twins: bool = False, by: str) -> Outcome:
    """Read a file of pairs and say what it would do; with `apply`, and when all of it is good, do it.

    All in one transaction, the run that records it too. Raises FileFault for what cannot be read at all.
    """
    began = timezone.now()
    outcome = Outcome("standard input" if path == "-" else PurePath(path).name, twins_allowed=allow_twins)
    bad_rows = Told(Fault)
    stage_pairs(_good_rows(path, outcome, bad_rows))
    if apply:
        lock_catalogue()
    match_pairs()
    outcome.faults = Told(Fault, merge(bad_rows, faults_between_rows(), key=attrgetter("line")))
    outcome.alike = Told(Alike, look_alikes())
    _count(outcome)
    if apply and outcome.is_good:
        run_id = reserve_run_id()
        _write(Origin(FILE, run_id, began))
        about = {"file": outcome.file}
        record_run(run_id, RUN_NAME, by=by, began=began, counts=outcome.recorded, about=about)
        outcome.run_id = run_id
    return outcome


def _good_rows(path: str, outcome: Outcome, bad_rows: Told[Fault]) -> Iterator[PairOfFile]:
    this_year = timezone.now().year
    for row in read_rows(path):
        if isinstance(row, Fault):
            bad_rows.add(row)
            continue
        outcome.rows += 1
        pair = checked(row[0], row[1], this_year=this_year)
        if isinstance(pair, list):
            for fault in pair:
                bad_rows.add(fault)
            continue
        if len(outcome.first) < SHOWN:
            outcome.first.append(pair)
        yield pair


def _count(outcome: Outcome) -> None:
    outcome.counts["adaptations"] = count_pairs()
    for kind in KINDS:
        changed, locked = tell_known(kind)
        known = count_entries(kind, new=False) - changed
        outcome.counts[COUNTED_AS[kind.name]] = {
            "new": count_entries(kind, new=True),
            "known": known,
            "changed": changed,
        }
        outcome.locked += locked


def _write(origin: Origin) -> None:
    for kind in KINDS:
        update_known(kind, origin=origin)
        create_new(kind, origin=origin)
    write_pairs(origin=origin)
