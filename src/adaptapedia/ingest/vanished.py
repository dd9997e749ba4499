"""What the catalogue has from Wikidata and a sweep has not seen: suspects, asked for singly before they are retired.

A suspect's items are each asked for by themselves. An item that is gone takes its entry and that entry's adaptations
with it; one that is there and does not state the pair, the adaptation alone. A sweep that reads everything asks for
entries too of which it has met neither pair nor credit: together with others first, and singly where they are gone
or redirect. Retired is hidden, kept, and restored when upstream has it again. Only the first endpoint is asked:
another may lag behind. Where more than BREAKER of what should be seen has vanished, a person is asked first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import connection

from adaptapedia.catalogue.models import Person
from adaptapedia.ingest.changes import execute_logged
from adaptapedia.ingest.models import Sweep, SweepItem, SweepSuspect
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reading import ITEM_BATCH, keep_items
from adaptapedia.ingest.redirects import find_targets
from adaptapedia.ingest.rows import RECORD
from adaptapedia.ingest.sides import class_tree, not_there, side_of
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.sweep import enter, last_good, step
from adaptapedia.scheduling.jobs import Ask, Run
from adaptapedia.sources.wikidata.kinds import ClassTree
from adaptapedia.sources.wikidata.records import Item

BREAKER = 0.02
"""More than this part of what a run should see must not vanish without a person saying so (sources.md, promise 4)."""
GO_ON, KEEP = "go-on", "keep"
ANSWERS = {GO_ON: "Retire what has vanished", KEEP: "Keep it, and write the rest"}
EXAMPLES = 5

Side = SweepItem.Side
Verdict = SweepSuspect.Verdict


class ItemReader(Protocol):
    def items(self, qids: Sequence[int]) -> Sequence[Item]: ...


@dataclass(frozen=True, slots=True)
class Vanished:
    """Living adaptations of this source and how many the sweep has not seen; the same of the items on their sides."""

    pairs: int
    pairs_vanished: int
    items: int
    items_vanished: int

    @property
    def too_many(self) -> bool:
        return self.pairs_vanished > BREAKER * self.pairs or self.items_vanished > BREAKER * self.items


def question_vanished(sweep: Sweep, reader: ItemReader, run: Run, *, origin: Origin) -> None:
    """Find the suspects and give each its verdict; then the catalogue can be written.

    Nothing is a suspect for not being told second-hand. Raises Ask where too much has vanished, unless somebody has
    said of this sweep how to go on.
    """
    if origin.is_second_hand:
        with step(sweep):
            enter(sweep, Sweep.Phase.MERGE)
        return
    if not sweep.cursor:
        with step(sweep):
            found = execute(statement("suspects"), {**origin.parameters, "sweep": sweep.pk})
            sweep.cursor = {"done": 0, "total": found, "allowed": False, "looked_for": 0}
    if sweep.base_id is None:
        _look_for_unseen(sweep, reader, run, origin)
    if not sweep.cursor["allowed"]:
        _stop_where_too_much_has_vanished(sweep, run, origin)
    if sweep.answer != KEEP:
        _ask_singly(sweep, reader, run)
    with step(sweep):
        find_targets(sweep)
        _judge(sweep)
        enter(sweep, Sweep.Phase.MERGE)


def _look_for_unseen(sweep: Sweep, reader: ItemReader, run: Run, origin: Origin) -> None:
    """Let entries of which the sweep has met nothing be asked for singly, where they are not simply there."""
    while unseen := _unseen(sweep, origin):
        run.progress(sweep.cursor.get("looked_for", 0), step="looking for entries that nothing has met")
        gone = [item.qid for item in reader.items(unseen) if not_there(item)]
        with step(sweep):
            execute(statement("pending_unseen"), {"sweep": sweep.pk, "qids": gone})
            sweep.cursor = {**sweep.cursor, "looked_for": unseen[-1]}


def _unseen(sweep: Sweep, origin: Origin) -> list[int]:
    """The next of them, in QID order."""
    with connection.cursor() as cursor:
        parameters = {
            **origin.parameters,
            "sweep": sweep.pk,
            "after": sweep.cursor.get("looked_for", 0),
            "limit": ITEM_BATCH,
        }
        cursor.execute(statement("unseen_entries"), parameters)
        return [qid for (qid,) in cursor.fetchall()]


def _stop_where_too_much_has_vanished(sweep: Sweep, run: Run, origin: Origin) -> None:
    vanished = _vanished(sweep, origin)
    asks = vanished.too_many and not sweep.answer
    with step(sweep):
        sweep.asked_by = run.id if asks else sweep.asked_by
        sweep.cursor = {**sweep.cursor, "allowed": not asks}
    if asks:
        raise Ask(_question(sweep, vanished), answers=ANSWERS)


def _vanished(sweep: Sweep, origin: Origin) -> Vanished:
    with connection.cursor() as cursor:
        cursor.execute(statement("vanished"), {**origin.parameters, "sweep": sweep.pk})
        return Vanished(*(cursor.fetchone() or (0, 0, 0, 0)))


def _question(sweep: Sweep, vanished: Vanished) -> str:
    before = last_good(sweep.source)
    since = f" since {before.started_at:%Y-%m-%d %H:%M} UTC" if before else ""
    first = sweep.suspects.order_by("subject", "source")[:EXAMPLES]
    examples = ", ".join(f"Q{one.subject} based on Q{one.source}" for one in first)
    told = f"{vanished.pairs_vanished:,} of {vanished.pairs:,} pairs"
    if vanished.items_vanished:
        told += f" and {vanished.items_vanished:,} of {vanished.items:,} items"
    more = ", …" if vanished.pairs_vanished > EXAMPLES else ""
    return f"{told} have vanished{since}{': ' if examples else ''}{examples}{more}."


def _ask_singly(sweep: Sweep, reader: ItemReader, run: Run) -> None:
    """Each item of each suspect, and each that one of them redirects to, in a query of its own."""
    tree = class_tree(sweep)
    while unasked := _unasked(sweep):
        for number, qid in enumerate(unasked):
            run.progress(number, len(unasked), step="asking for what has vanished")
            (item,) = reader.items([qid])
            with step(sweep):
                execute(statement("pending_single"), {"sweep": sweep.pk, "qid": qid})
                keep_items(sweep, [(item, _side(sweep, item, tree))])
                sweep.cursor = {**sweep.cursor, "done": sweep.cursor["done"] + 1}


def _unasked(sweep: Sweep) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement("unasked_items"), {"sweep": sweep.pk})
        return [qid for (qid,) in cursor.fetchall()]


def _side(sweep: Sweep, item: Item, tree: ClassTree) -> str:
    """One who is in the credits or the catalogue stays a person, unless gone, also under a new number."""
    side = side_of(item, tree, is_subject=bool(item.based_on))
    led_here = sweep.items.filter(side=Side.REDIRECT, record__redirect_to=item.qid).values_list("qid", flat=True)
    is_person = (
        sweep.items.filter(qid=item.qid, side=Side.PERSON).exists()
        or Person.objects.filter(wikidata_id__in=[item.qid, *led_here]).exists()
    )
    return Side.PERSON if is_person and side not in {Side.ABSENT, Side.REDIRECT} else side


def _judge(sweep: Sweep) -> None:
    pending = list(sweep.suspects.filter(verdict=Verdict.PENDING))
    asked = (
        {}
        if sweep.answer == KEEP
        else {item.qid: item for item in sweep.items.filter(reached=SweepItem.Reached.SUSPECT)}
    )
    for suspect in pending:
        suspect.verdict = Verdict.KEPT if sweep.answer == KEEP else _verdict(suspect, asked)
    SweepSuspect.objects.bulk_update(pending, ["verdict"], batch_size=1_000)


def _verdict(suspect: SweepSuspect, asked: dict[int, SweepItem]) -> str:
    screen, source = _led(suspect.subject, asked), _led(suspect.source, asked)
    if asked[screen].side in {Side.ABSENT, Side.REDIRECT}:
        return Verdict.SCREEN_GONE
    if asked[source].side in {Side.ABSENT, Side.REDIRECT}:
        return Verdict.SOURCE_GONE
    stated = RECORD.validate_python(asked[screen].record).based_on
    if source not in {_led(qid, asked) for qid in stated}:
        return Verdict.UNSTATED
    other_side = Side.WORK if suspect.is_remake else Side.SCREEN
    return Verdict.OTHER_SIDE if asked[source].side == other_side else Verdict.STATED


def _led(qid: int, asked: dict[int, SweepItem]) -> int:
    """Where an item leads in the end: itself, unless it redirects."""
    item = asked.get(qid)
    return qid if item is None or item.target is None else item.target


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the suspects and of what earlier ones had been."""

    missing: int
    retired: dict[str, int]
    """Of people, works, screen_works and adaptations."""
    restored: dict[str, int]


ENTRIES = (
    ("people", "catalogue_person", Side.PERSON),
    ("works", "catalogue_work", Side.WORK),
    ("screen_works", "catalogue_screenwork", Side.SCREEN),
)


def settle_vanished(sweep: Sweep, *, origin: Origin) -> Settled:
    """Retire what has vanished, restore what is back. Within a step, under the lock of the catalogue."""

    def write(name: str, *, table: str = "catalogue_adaptation", side: str = "") -> int:
        sql = statement(name).format(table=table)
        parameters = {"sweep": sweep.pk, "side": side}
        return execute_logged(sql, table=table, origin=origin, parameters=parameters)

    missing = write("suspects_missing")
    write("suspects_cleared")
    retired, restored = {}, {}
    for name, table, side in ENTRIES:
        restored[name] = write("entries_restored", table=table, side=side)
        retired[name] = 0 if sweep.answer == KEEP else write("entries_retired", table=table, side=side)
    restored["adaptations"] = write("adaptations_restored")
    retired["adaptations"] = write("adaptations_retired") + write("adaptations_retired_with_entries")
    return Settled(missing, retired, restored)
