"""`adaptapedia jobs list | show | run | runs | retry | cancel | …`, each with `--json`; the verbs are in `console/`."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from adaptapedia.scheduling.actions import (
    NotAsked,
    NotCancellable,
    NotRetryable,
    UnknownAnswer,
    UnknownArgument,
    UnknownSchedule,
)
from adaptapedia.scheduling.backfilling import CannotBackfill
from adaptapedia.scheduling.console.parsing import add_verbs
from adaptapedia.scheduling.console.printing import terminal
from adaptapedia.scheduling.console.verbs import VERBS
from adaptapedia.scheduling.core.rules import BadRule
from adaptapedia.scheduling.moments import NoMoment
from adaptapedia.scheduling.simulating import CannotSimulate
from adaptapedia.scheduling.wording import in_a_line

WRONG = (
    *(UnknownSchedule, UnknownArgument, UnknownAnswer, NotAsked, NotCancellable, NotRetryable),
    *(CannotBackfill, NoMoment, CannotSimulate, BadRule),
)
"""What was asked for is not there, or cannot be: exit code 2, and a sentence that says why."""


class Command(BaseCommand):
    help = "Lists schedules and their runs, starts and stops runs, pauses, explains, fills gaps, simulates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_verbs(parser)

    def handle(self, *_: Any, way: str, **options: Any) -> None:
        try:
            VERBS[way](terminal(), Namespace(**options))
        except WRONG as error:
            raise CommandError(str(error), returncode=2) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database is out of reach. {in_a_line(error)}", returncode=3) from None
        except RedisError as error:
            raise CommandError(f"The broker is out of reach. {in_a_line(error)}", returncode=3) from None
