from typing import Any

from django.core.management.base import BaseCommand

from adaptapedia.local.preparation import prepare
from adaptapedia.settings import CONFIG


class Command(BaseCommand):
    help = (
        "Migrate, sync the schedules, collect static files, make the first administrator, start the first ingestion. "
        "Safe to repeat."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(CONFIG, say=self.stdout.write)
