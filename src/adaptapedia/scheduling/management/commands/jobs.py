"""`adaptapedia jobs list | run NAME | runs [NAME] | show RUN | answer RUN ANSWER`, each with `--json`."""

import getpass
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError
from rich.console import Console

from adaptapedia.scheduling import queries
from adaptapedia.scheduling.actions import (
    NotAsked,
    UnknownAnswer,
    UnknownArgument,
    UnknownSchedule,
    answer_run,
    request_run,
)
from adaptapedia.scheduling.console import runs_table, schedules_table, show_run, told_run, told_schedule
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.watching import Detached, watch
from adaptapedia.scheduling.wording import in_a_line

RUNS_SHOWN = 20
OPTIONS = ("name", "wait", "given", "run", "answer")
WIDE = 240
"""Columns of a pipe or a file, which has none of its own: nothing is folded there that a program may search."""


class Command(BaseCommand):
    help = "Lists schedules and their runs, starts a run, watches it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="list | run | runs | show | answer")
        listing = ways.add_parser("list", help="the schedules, each with its last run and next due time")
        run = ways.add_parser("run", help="start a schedule's job now, or attach to its run under way")
        run.add_argument("name", metavar="NAME")
        run.add_argument(
            "--set",
            metavar="ARGUMENT=VALUE",
            action="append",
            default=[],
            type=_argument,
            dest="given",
            help="an argument for the job, as JSON (whole=true) or else as text; may be repeated",
        )
        run.add_argument("--wait", action="store_true", help="show its progress and end as it ends: 1 when it failed")
        runs = ways.add_parser("runs", help="the latest runs, of all schedules or of one")
        runs.add_argument("name", metavar="NAME", nargs="?")
        show = ways.add_parser("show", help="one run with its counts, or its error and traceback")
        show.add_argument("run", metavar="RUN", type=int)
        answer = ways.add_parser(
            "answer",
            help="tell a run that asks how to go on (`show` has its question), or `usual` of one that is not as usual",
        )
        answer.add_argument("run", metavar="RUN", type=int)
        answer.add_argument("answer", metavar="ANSWER")
        for way in (listing, run, runs, show, answer):
            way.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, way: str, as_json: bool, **options: Any) -> None:
        console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)
        ways: dict[str, Callable[..., None]] = {
            "list": _list,
            "run": _run,
            "runs": _runs,
            "show": _show,
            "answer": _answer,
        }
        try:
            ways[way](console, as_json=as_json, **{key: options[key] for key in OPTIONS if key in options})
        except (UnknownSchedule, UnknownArgument, NotAsked, UnknownAnswer) as error:
            raise CommandError(str(error), returncode=2) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database is out of reach. {in_a_line(error)}", returncode=3) from None
        except RedisError as error:
            raise CommandError(f"The broker is out of reach. {in_a_line(error)}", returncode=3) from None


def _list(console: Console, *, as_json: bool) -> None:
    rows = queries.schedules()
    _tell(console, [told_schedule(row) for row in rows] if as_json else schedules_table(rows))


def _runs(console: Console, *, name: str | None, as_json: bool) -> None:
    shown = list(queries.runs(name)[:RUNS_SHOWN])
    if name is not None and not shown and name not in (known := queries.names()):
        raise UnknownSchedule(name, known=known)
    _tell(console, [told_run(run) for run in shown] if as_json else runs_table(shown))


def _show(console: Console, *, run: int, as_json: bool) -> None:
    found = _found(run)
    _tell(console, told_run(found) if as_json else show_run(found))


def _answer(console: Console, *, run: int, answer: str, as_json: bool) -> None:
    found = answer_run(_found(run), answer, by=getpass.getuser())
    does = "is usual from now on" if found.finished_at else f"goes on: {answer}"
    _tell(console, told_run(found) if as_json else f"Run {found.pk} of {found.schedule_name} {does}.")


def _found(run: int) -> JobRun:
    found = JobRun.objects.filter(pk=run).first()
    if found is None:
        raise CommandError(f"There is no run {run}. `adaptapedia jobs runs` lists the latest.", returncode=2)
    return found


def _argument(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not (separator and name.isidentifier()):
        raise ArgumentTypeError(f"{text!r} is not of the form ARGUMENT=VALUE")
    with suppress(ValueError):
        return name, json.loads(value)
    return name, value


def _run(console: Console, *, name: str, wait: bool, given: list[tuple[str, Any]], as_json: bool) -> None:
    run, new = request_run(name, by=getpass.getuser(), arguments=dict(given))
    if given and not new:
        raise CommandError(
            f"Run {run.pk} of {name} is under way already ({run.state}) and keeps its own arguments.", returncode=2
        )
    if not as_json:
        console.print(f"Run {run.pk} of {name} is {'queued' if new else f'under way already ({run.state})'}.")
        run.refresh_from_db()
        if run.state == JobRun.State.QUEUED and run.sent_at is None:
            console.print("The broker is out of reach; beat sends the run when it is back.")
    if wait:
        try:
            run = watch(run, console, quiet=as_json)
        except Detached:
            console.print(f"\nThe run goes on. See it with `adaptapedia jobs show {run.pk}`.")
            return
    if wait or as_json:
        _tell(console, told_run(run) if as_json else show_run(run))
    if run.state == JobRun.State.FAILED:
        raise CommandError(f"Run {run.pk} failed: {run.error}", returncode=1)


def _tell(console: Console, what: Any) -> None:
    """Print JSON for lists and dicts, a table or panel for the rest."""
    if isinstance(what, list | dict):
        sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
    else:
        console.print(what)
