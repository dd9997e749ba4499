"""`adaptapedia ingest file FILE | revert RUN`, each shown first and done with `--apply`, each with `--json`."""

import getpass
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from adaptapedia.ingest.by_hand.columns import Fault
from adaptapedia.ingest.by_hand.importing import Outcome, import_file
from adaptapedia.ingest.by_hand.matching import Alike
from adaptapedia.ingest.by_hand.reading import FileFault
from adaptapedia.ingest.console import show_outcome, show_report
from adaptapedia.ingest.origin import STARTER
from adaptapedia.ingest.reverting.runs import CannotRevert, preview_revert, revert_run, revert_starter

WIDE = 240
"""Columns of a pipe or a file, which has none of its own."""


class Command(BaseCommand):
    help = (
        "Imports pairs from a file, or takes a run's changes back. Without --apply both only show what they would do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="file | revert")
        file = ways.add_parser(
            "file", help="pairs from CSV or JSON Lines, all or nothing; docs/data.md has the columns"
        )
        file.add_argument("file", metavar="FILE", help="may be gzipped; - is standard input")
        file.add_argument(
            "--allow-twins", action="store_true", help="bring in what looks like something that is there already"
        )
        revert = ways.add_parser("revert", help="take back what a run has changed")
        revert.add_argument(
            "run", metavar="RUN", type=_run, help=f"its number, or '{STARTER}' for the starter catalogue"
        )
        for way in (file, revert):
            way.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")
            way.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, way: str, **options: Any) -> None:
        console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)
        if way == "file":
            _file(console, **{name: options[name] for name in ("file", "apply", "allow_twins", "as_json")})
        else:
            _revert(console, **{name: options[name] for name in ("run", "apply", "as_json")})


def _run(text: str) -> int | str:
    if text == STARTER:
        return text
    if not text.isascii() or not text.isdigit() or int(text) >= 2**63:
        raise ArgumentTypeError(f"{text!r} is no run: a run is a number")
    return int(text)


def _file(console: Console, *, file: str, apply: bool, allow_twins: bool, as_json: bool) -> None:
    try:
        outcome = import_file(file, apply=apply, allow_twins=allow_twins, by=getpass.getuser())
    except FileFault as error:
        raise CommandError(f"{error} Nothing was changed.", returncode=2) from None
    if as_json:
        _tell_outcome(outcome)
    else:
        for part in show_outcome(outcome):
            console.print(part)
    if not outcome.is_good:
        raise CommandError("Nothing was changed.", returncode=1)


def _revert(console: Console, *, run: int | str, apply: bool, as_json: bool) -> None:
    if isinstance(run, str):
        return _tell_json({"applied": apply, **revert_starter(apply=apply)})
    try:
        report = revert_run(run, by=getpass.getuser()) if apply else preview_revert(run)
    except CannotRevert as error:
        raise CommandError(str(error), returncode=2) from None
    return _tell_json(report.as_json) if as_json else console.print(show_report(report))


def _tell_outcome(outcome: Outcome) -> None:
    """As one object, whose lists are written as they are read: they may be long."""
    sys.stdout.write(json.dumps(outcome.as_json, indent=2, ensure_ascii=False).removesuffix("\n}"))
    lists: tuple[tuple[str, Iterable[Fault | Alike]], ...] = (("faults", outcome.faults), ("looks_like", outcome.alike))
    for name, told in lists:
        sys.stdout.write(f',\n  "{name}": [')
        for number, one in enumerate(told):
            sys.stdout.write(f"{',' if number else ''}\n    {json.dumps(one.as_json, ensure_ascii=False)}")
        sys.stdout.write("\n  ]")
    sys.stdout.write("\n}\n")


def _tell_json(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
