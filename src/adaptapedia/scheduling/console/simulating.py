"""`jobs simulate`: prints what would have been fired."""

import sys
from argparse import Namespace
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.utils import timezone
from rich.console import Console

from adaptapedia.scheduling import simulating
from adaptapedia.scheduling.actions import UnknownSchedule
from adaptapedia.scheduling.console.printing import iso, stamp, tell
from adaptapedia.scheduling.core.simulation import Record
from adaptapedia.scheduling.moments import moment_of
from adaptapedia.scheduling.simulating import Standing


def simulate(console: Console, asked: Namespace) -> None:
    standing = simulating.standing_code() if asked.from_code else simulating.standing_rows()
    _check_names(asked.only, standing)
    begin, end = (moment_of(text, now=timezone.now()) for text in (asked.begin, asked.end))
    found = simulating.simulate(standing, begin, end, edits=asked.edit)
    wanted = (one for one in found if not asked.only or one.schedule in asked.only)
    records = islice(wanted, asked.limit)
    if asked.as_json:
        told = [_told(one) for one in records]
        tell(console, {"records": told, "more": next(wanted, None) is not None, "faults": dict(standing.faults)})
        return
    for name, fault in standing.faults.items():
        tell(console, f"left out: {name}: {fault}")
    _print(records)
    if next(wanted, None) is not None:
        tell(console, f"And more: these are the first {asked.limit:,}.")


def _check_names(only: Iterable[str], standing: Standing) -> None:
    known = sorted({*standing.plans, *standing.faults})
    for name in only:
        if name not in known:
            raise UnknownSchedule(name, known=known)


def _print(records: Iterable[Record]) -> None:
    """A line for each, as they come: a year of them is not held."""
    for one in records:
        if one.what == "run":
            late = f" (written {stamp(one.at)})" if (one.at - one.due_at).total_seconds() >= 1 else ""
            said = f"run  {one.schedule}{late}"
        else:
            until = f" until {stamp(one.until)}" if one.until and one.ticks > 1 else ""
            said = f"skip {one.schedule}{until}, {one.ticks:,} ticks: {one.reason}"
        sys.stdout.write(f"{stamp(one.due_at)}  {said}\n")


def _told(one: Record) -> dict[str, Any]:
    return {
        "at": iso(one.at),
        "schedule": one.schedule,
        "due_at": iso(one.due_at),
        "until": iso(one.until),
        "what": one.what,
        "reason": one.reason,
        "ticks": one.ticks,
    }
