"""`adaptapedia ingest revert RUN`, with `--apply` and `--json`."""

import getpass
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from adaptapedia.ingest.console import show_report
from adaptapedia.ingest.origin import STARTER
from adaptapedia.ingest.reverting.runs import CannotRevert, preview_revert, revert_run, revert_starter

WIDE = 240
"""Columns of a pipe or a file, which has none of its own."""


class Command(BaseCommand):
    help = "Takes a run's changes back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="revert")
        revert = ways.add_parser("revert", help="show what taking a run back would do, and do it with --apply")
        revert.add_argument(
            "run", metavar="RUN", type=_run, help=f"its number, or '{STARTER}' for the starter catalogue"
        )
        for way in (revert,):
            way.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")
            way.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, way: str, as_json: bool, **options: Any) -> None:
        console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)
        _revert(console, as_json=as_json, run=options["run"], apply=options["apply"])


def _run(text: str) -> int | str:
    if text == STARTER:
        return text
    if not text.isascii() or not text.isdigit() or int(text) >= 2**63:
        raise ArgumentTypeError(f"{text!r} is no run: a run is a number")
    return int(text)


def _revert(console: Console, *, run: int | str, apply: bool, as_json: bool) -> None:
    if isinstance(run, str):
        return _tell_json({"applied": apply, **revert_starter(apply=apply)})
    try:
        report = revert_run(run, by=getpass.getuser()) if apply else preview_revert(run)
    except CannotRevert as error:
        raise CommandError(str(error), returncode=2) from None
    return _tell_json(report.as_json) if as_json else console.print(show_report(report))


def _tell_json(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
