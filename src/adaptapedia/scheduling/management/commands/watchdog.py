"""`adaptapedia watchdog [--once] [--json]`: the watchdog of beats, for cron or as a process of its own."""

import json
import sys
import threading
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from adaptapedia.scheduling.models import Trouble
from adaptapedia.scheduling.watchdog import start_in_beat
from adaptapedia.scheduling.watchdog.alerts import address_of, runbook_of, tell_now
from adaptapedia.scheduling.watchdog.looking import Looking
from adaptapedia.scheduling.watchdog.rounds import go_round
from adaptapedia.scheduling.wording import in_a_line, sentence

TOLD_WITHIN = timedelta(seconds=60)


class Command(BaseCommand):
    help = "Finds late, missing and odd runs, and beats and workers that have gone; tells people; 1 when any is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once, tell, and end: for cron")
        parser.add_argument("--json", action="store_true", dest="as_json", help="the open troubles as JSON")

    def handle(self, *_: Any, once: bool, as_json: bool, **__: Any) -> None:
        if not (once or as_json):
            self._watch()
            return
        try:
            go_round(Looking(in_turn=None))
            troubles = [*Trouble.objects.filter(ended_at=None).order_by("pk")]
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database is out of reach. {in_a_line(error)}", returncode=3) from None
        tell_now(within=TOLD_WITHIN)
        if as_json:
            self.stdout.write(json.dumps([_told(one) for one in troubles], indent=2, ensure_ascii=False))
        else:
            for one in troubles:
                self.stdout.write(f"{one.kind}: expected {one.expected}; seen: {sentence(one.seen)} {address_of(one)}")
        if troubles:
            sys.exit(1)
        if not as_json:
            self.stdout.write("All is well.")

    def _watch(self) -> None:
        stop = threading.Event()
        threads = start_in_beat(stop)
        self.stdout.write("Watching. Ctrl-C ends it.")
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            stop.set()


def _told(one: Trouble) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "schedule": one.schedule_name or None,
        "run": one.run_id,
        "expected": one.expected,
        "seen": one.seen,
        "page": address_of(one),
        "runbook": runbook_of(one.kind),
        "began_at": one.began_at.isoformat(),
    }
