import sys
from typing import Any

from django.core.management.base import BaseCommand

from adaptapedia.local.output import to_terminal
from adaptapedia.local.up import up
from adaptapedia.settings import CONFIG


class Command(BaseCommand):
    help = "Run everything in the foreground: embedded PostgreSQL and Valkey where none is set, web, workers, beat."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(up(CONFIG, output=to_terminal()))
