"""The verbs of `adaptapedia jobs` with what each takes."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from adaptapedia.scheduling import backfilling, previewing
from adaptapedia.scheduling.capture import KEPT

NAME = "NAME"
LIMIT = 10_000
MOST = 10_000_000
"""Lines of a simulation."""
MOMENT = "2026-11-24T02:00Z, 2026-11-24 or 02:00; UTC unless it says another zone"
METAVAR = (
    "list | show | run | runs | retry | cancel | answer | pause | resume | preview | explain | backfill | simulate"
)


def add_verbs(parser: ArgumentParser) -> None:
    """Give the parser a subcommand for each verb, each with --json."""
    ways = parser.add_subparsers(dest="way", required=True, metavar=METAVAR)

    def verb(name: str, said: str) -> ArgumentParser:
        way: ArgumentParser = ways.add_parser(name, help=said, description=said)
        way.add_argument("--json", action="store_true", dest="as_json", help="for programs")
        return way

    verb("list", "the schedules, each with its last run and next due time")
    _add_runs(verb)
    _add_schedules(verb)
    _add_simulation(verb)


def _add_runs(verb: Callable[[str, str], ArgumentParser]) -> None:
    show = verb("show", "one run with its counts or its error, or one schedule with its terms and who changed them")
    show.add_argument("what", metavar="NAME-or-RUN")
    show.add_argument(
        "--lines", type=count_to(KEPT), metavar="N", help="of a run, so many of the newest that it logged"
    )
    run = verb("run", "start a schedule's job now, or attach to its run under way")
    run.add_argument("name", metavar=NAME)
    run.add_argument(
        "--set",
        metavar="ARGUMENT=VALUE",
        action="append",
        default=[],
        type=argument,
        dest="given",
        help="an argument for the job, as JSON (whole=true) or else as text; may be repeated",
    )
    runs = verb("runs", "the latest runs, of all schedules or of one")
    runs.add_argument("name", metavar=NAME, nargs="?")
    retry = verb("retry", "run what a run was to do again, once the open runs of its schedule have ended")
    cancel = verb("cancel", "ask a run to stop; one that has not begun ends at once")
    answer = verb(
        "answer", "tell a run that asks how to go on (`show` has its question), or `usual` of one that is not as usual"
    )
    for way in (retry, cancel, answer):
        way.add_argument("run", metavar="RUN", type=int)
    answer.add_argument("answer", metavar="ANSWER")
    for way in (run, retry):
        way.add_argument("--wait", action="store_true", help="show its progress and end as it ends: 1 when it failed")


def _add_schedules(verb: Callable[[str, str], ArgumentParser]) -> None:
    pause = verb("pause", "let a schedule make no runs until it is resumed")
    resume = verb("resume", "let a paused schedule wait for its next tick")
    preview = verb("preview", "the next ticks, with what clocks that go forward or back do to them")
    explain = verb("explain", "why it did not run, or that it did: the tick nearest before a moment")
    backfill = verb("backfill", "run every tick of a time that is past and has no run that succeeded, oldest first")
    for way in (pause, resume, preview, explain, backfill):
        way.add_argument("name", metavar=NAME)
    preview.add_argument("--count", type=count_to(previewing.MOST), default=previewing.SHOWN, metavar="N")
    explain.add_argument("when", metavar="WHEN", nargs="?", help=f"{MOMENT}; now unless given")
    backfill.add_argument("begin", metavar="FROM", help=MOMENT)
    backfill.add_argument("end", metavar="TO", help=MOMENT)
    backfill.add_argument("--dry-run", action="store_true", help="only list what would run")
    backfill.add_argument(
        "--limit",
        type=count_to(backfilling.MOST),
        default=backfilling.LIMIT,
        metavar="N",
        help="refuse when there are more (%(default)s)",
    )


def _add_simulation(verb: Callable[[str, str], ArgumentParser]) -> None:
    simulate = verb("simulate", "what would be fired in a time to come or past; nothing is")
    simulate.add_argument("--from", metavar="FROM", dest="begin", required=True, help=MOMENT)
    simulate.add_argument("--to", metavar="TO", dest="end", required=True, help=MOMENT)
    simulate.add_argument("--only", metavar=NAME, action="append", default=[], help="of this schedule; may be repeated")
    simulate.add_argument("--limit", type=count_to(MOST), default=LIMIT, metavar="N", help="of lines (%(default)s)")
    simulate.add_argument("--from-code", action="store_true", help="as the code says, whatever stands in the rows")
    simulate.add_argument(
        "--edit",
        metavar="'NAME AT WHAT'",
        action="append",
        default=[],
        help='an edit at a moment, WHAT being pause, resume or cron="0 3 * * *"; may be repeated',
    )


def count_to(most: int) -> Callable[[str], int]:
    """A type for a number from 1 to `most`."""

    def count(text: str) -> int:
        if not (text.isdecimal() and 1 <= int(text) <= most):
            raise ArgumentTypeError(f"{text!r} is no number from 1 to {most:,}")
        return int(text)

    return count


def argument(text: str) -> tuple[str, Any]:
    """A type for ARGUMENT=VALUE."""
    name, separator, value = text.partition("=")
    if not (separator and name.isidentifier()):
        raise ArgumentTypeError(f"{text!r} is not of the form ARGUMENT=VALUE")
    with suppress(ValueError):
        return name, json.loads(value)
    return name, value
