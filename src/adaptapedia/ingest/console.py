"""What the command `ingest` tells on a terminal."""

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adaptapedia.ingest.reverting.report import Report


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


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Table:
    columns = list(dict.fromkeys(name for row in counts.values() for name in row))
    rows = ((kind.replace("_", " "), *(f"{row.get(name, 0):,}" for name in columns)) for kind, row in counts.items())
    return _table(("", *columns), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Cells are text and no markup: a title may hold brackets."""
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
