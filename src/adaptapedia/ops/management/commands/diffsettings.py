from typing import Any

from django.core.management.commands import diffsettings

from adaptapedia.ops.hiding import hide_secrets


class Command(diffsettings.Command):
    help = "Display what differs between the settings and Django's own, without secrets, to be shown to others."

    def handle(self, **options: Any) -> str:
        return hide_secrets(super().handle(**options))
