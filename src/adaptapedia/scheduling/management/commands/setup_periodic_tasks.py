"""Code → rows: `adaptapedia setup_periodic_tasks [--reset NAME]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adaptapedia.scheduling.sync import sync_schedules
from adaptapedia.scheduling.terms import registry


class Command(BaseCommand):
    help = "Makes the schedules what the jobs in the code say. What an operator has changed stays; twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", metavar="NAME", help="take the code's terms for this schedule, pause included")

    def handle(self, *_: Any, reset: str | None, **__: Any) -> None:
        try:
            changes = sync_schedules(reset=reset)
        except KeyError:
            known = ", ".join(sorted(registry))
            raise CommandError(f"No job is called {reset!r}. The jobs are: {known}.", returncode=2) from None
        for change in changes:
            self.stdout.write(str(change))
        if not any(change.what != "kept" for change in changes):
            self.stdout.write(f"{len(registry)} schedules are as the code says; nothing to write.")
