"""What the command `ingest` tells on a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adaptapedia.ingest.by_hand.columns import PairOfFile, Side
from adaptapedia.ingest.by_hand.importing import Outcome
from adaptapedia.ingest.reverting.report import Report

ROWS_A_TABLE = 1_000
"""A table is laid out as a whole, and held for that."""


def show_report(report: Report) -> RenderableType:
    """What taking a run back has done, or would do."""
    if not report.counts:
        return Text(f"Run {report.run_id} has changed nothing in the catalogue that is still there.")
    head = (
        f"Run {report.run_id} is taken back." if report.applied else f"Taking run {report.run_id} back would do this."
    )
    parts: list[RenderableType] = [Text(head, style="bold"), _counts(report.counts)]
    parts += [Text(f"{number:,} left: {why}") for why, number in report.left.most_common()]
    if report.examples:
        parts.append(_table(("for example", "", ""), ((e["kind"], e["name"], e["what"]) for e in report.examples)))
    if report.examples_left:
        parts.append(_table(("left", "", ""), ((e["kind"], e["name"], e["why"]) for e in report.examples_left)))
    if report.reverted_by:
        parts.append(Text(f"It is recorded as run {report.reverted_by}."))
    else:
        parts.append(Text("Nothing was changed. Say it again with --apply to do it."))
    return Group(*parts)


def show_outcome(outcome: Outcome) -> Iterator[RenderableType]:
    """What a file of pairs holds, every fault in it, and what became of it; long lists in several tables."""
    yield Text(f"{outcome.file}: {outcome.rows:,} rows", style="bold")
    if outcome.first:
        yield _table(("line", "screen work", "relation", "made from"), map(_row_of, outcome.first))
    yield _counts(outcome.counts)
    if outcome.locked:
        yield Text(f"{outcome.locked:,} values stay as a person has written and locked them.")
    faults = ((f"{fault.line}", fault.column, fault.reason, fault.value) for fault in outcome.faults)
    yield from _tables(("line", "column", "what is wrong", "value"), faults)
    alike = ((f"{one.line}", one.title, f"looks like {one.what}") for one in outcome.alike)
    yield from _tables(("line", "title", ""), alike)
    yield Text(_end_of(outcome))


def _row_of(pair: PairOfFile) -> tuple[str, str, str, str]:
    return str(pair.line), _side(pair.screen), (pair.relation or "").replace("_", " "), _side(pair.source)


def _side(side: Side) -> str:
    year = "" if side.year is None else f" ({side.year})"
    item = "" if side.item is None else f" Q{side.item}"
    return f"{side.title or ''}{year}{item}".strip()


def _end_of(outcome: Outcome) -> str:
    if outcome.run_id is not None:
        return f"It is in the catalogue, as run {outcome.run_id}."
    if outcome.faults:
        return f"{outcome.faults.lines:,} lines are bad. Mend them: a file goes in as a whole or not at all."
    if not outcome.is_good:
        return "Name the items of what looks like something that is there, or say it again with --allow-twins."
    return "Nothing was changed. Say it again with --apply to do it."


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Table:
    columns = list(dict.fromkeys(name for row in counts.values() for name in row))
    rows = ((kind.replace("_", " "), *(f"{row.get(name, 0):,}" for name in columns)) for kind, row in counts.items())
    return _table(("", *columns), rows)


def _tables(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[Table]:
    while some := [*islice(rows, ROWS_A_TABLE)]:
        yield _table(columns, some)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Cells are text and no markup: a title may hold brackets."""
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
