"""`adaptapedia maintenance on [--message …] [--until …] | off | status`."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from redis.exceptions import RedisError

from adaptapedia.web.maintenance import LOOKED_AT_EVERY, Maintenance, begin_maintenance, end_maintenance, maintenance

LENGTH = re.compile(r"([1-9][0-9]{0,4})(min|m|h)")
LONGEST_MESSAGE = 500


def moment(text: str) -> datetime:
    """A time to come: 45min, 2h, or a date and time (ISO 8601; UTC unless it says another zone)."""
    now = timezone.now()
    if length := LENGTH.fullmatch(text.strip()):
        return now + timedelta(**{"hours" if length[2] == "h" else "minutes": int(length[1])})
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time: say 45min, 2h or 2026-11-24T03:00Z") from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found <= now:
        raise ArgumentTypeError(f"{text!r} has passed")
    return found


def told(text: str) -> str:
    if len(text) > LONGEST_MESSAGE:
        raise ArgumentTypeError(f"at most {LONGEST_MESSAGE} characters, these are {len(text)}")
    return text.strip()


class Command(BaseCommand):
    help = "Switches maintenance on and off: readers get a page with 503, operators and probes pass."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="on | off | status")
        on = ways.add_parser("on", help="switch it on, or change what it says")
        on.add_argument("--message", type=told, default="", help="a sentence for readers")
        on.add_argument("--until", type=moment, help="when it should be over: 45min, 2h, 2026-11-24T03:00Z")
        ways.add_parser("off", help="switch it off")
        ways.add_parser("status", help="say whether it is on")

    def handle(self, *_: Any, way: str, **options: Any) -> None:
        try:
            self.stdout.write(self._do(way, message=options.get("message", ""), until=options.get("until")))
        except RedisError as error:
            raise CommandError(f"The cache is out of reach, and the switch is there. {error}", returncode=3) from None

    def _do(self, way: str, *, message: str, until: datetime | None) -> str:
        if way == "on":
            return f"{in_words(begin_maintenance(message=message, until=until))} {_EFFECT}"
        if way == "off":
            return f"Maintenance is off. {_EFFECT}" if end_maintenance() else "Maintenance was off already."
        running = maintenance()
        return in_words(running) if running else "Maintenance is off."


_EFFECT = f"Every process knows within {LOOKED_AT_EVERY:.0f} seconds."


def in_words(running: Maintenance) -> str:
    """One line: since when, until when, what is said."""
    words = f"Maintenance is on since {running.since:%Y-%m-%d %H:%M} UTC"
    if running.until:
        words += f", until {running.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{words}: {running.message}" if running.message else f"{words}."
