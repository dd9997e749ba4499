"""Schedules, and what is asked of them, for a terminal."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adaptapedia.scheduling.backfilling import Backlog
from adaptapedia.scheduling.changing import Edit
from adaptapedia.scheduling.console.printing import facts, stamp, table
from adaptapedia.scheduling.console.runs import state
from adaptapedia.scheduling.describing import Term
from adaptapedia.scheduling.explaining import Explanation
from adaptapedia.scheduling.previewing import Preview, noted
from adaptapedia.scheduling.queries import ScheduleRow


def schedules_table(rows: Iterable[ScheduleRow]) -> Table:
    shown = table("schedule", "when", "queue", "next due (UTC)", "last run", "state")
    for row in rows:
        last = row.last_run
        shown.add_row(
            row.name,
            row.when,
            row.queue,
            _next(row),
            f"{last.pk}, {stamp(last.finished_at or last.created_at)}" if last else "never",
            state(last) if last else "",
        )
    return shown


def show_schedule(row: ScheduleRow, *, terms: Iterable[Term], coming: Preview, edits: Iterable[Edit]) -> RenderableType:
    """A schedule in full: its rule, its terms with where each comes from, its next ticks, who changed it last."""
    told: list[tuple[str, str | Text]] = [
        ("about", row.about),
        ("task", row.schedule.task),
        ("when", row.when),
        ("next due", _next(row)),
        ("fault", Text(row.fault, style="red") if row.fault else ""),
        ("last run", f"{row.last_run.pk}, {row.last_run.state}" if row.last_run else "never"),
    ]
    policies = table("policy", "", "from")
    for term in terms:
        policies.add_row(term.label, term.in_words, term.from_where)
    changes = table("changed (UTC)", "by", "what")
    for edit in edits:
        changes.add_row(stamp(edit.at), edit.by, "made" if edit.made else str(edit))
    return Group(Text(row.name, style="bold"), facts(told), policies, preview_table(coming), changes)


def preview_table(coming: Preview) -> Table | Text:
    """The next ticks in UTC and in the schedule's zone, and what clocks do to them."""
    if coming.fault:
        return Text(f"It has no next tick: {coming.fault}")
    local = [] if coming.zone == "UTC" else [coming.zone]
    shown = table("next (UTC)", *local, "")
    for tick in coming.ticks:
        here = [f"{tick.local:%Y-%m-%d %H:%M:%S %Z}"] if local else []
        shown.add_row(stamp(tick.at), *here, noted(tick))
    return shown if coming.ticks else Text("It is never due again.")


def show_explanation(explanation: Explanation) -> Text:
    return Text("\n".join(explanation.sentences))


def left_to_beat(backlog: Backlog) -> str:
    """What a backfill leaves to beat, as a sentence; empty for nothing."""
    if not (count := backlog.left_to_beat):
        return ""
    return f"Left out, because beat has yet to write {'it' if count == 1 else 'them'}: {count:,}."


def backlog_table(backlog: Backlog) -> Table | Text:
    """The ticks that a backfill would run."""
    if not backlog.ticks:
        return Text("There is nothing to run.")
    shown = table("due (UTC)")
    for at in backlog.ticks:
        shown.add_row(stamp(at))
    return shown


def _next(row: ScheduleRow) -> str:
    if row.fault:
        return "left out"
    return stamp(row.next_due) if row.enabled else "paused"
