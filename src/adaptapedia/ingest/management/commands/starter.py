from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from adaptapedia.ingest.starter.loading import CatalogueNotEmpty, load_starter
from adaptapedia.ingest.starter.removal import Removed, remove_starter


class Command(BaseCommand):
    help = "Loads the starter catalogue into an empty catalogue, or removes what nobody has touched of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_subparsers(dest="way", required=True, metavar="load | remove")
        ways.add_parser("load", help="fill an empty catalogue with well-known works and what was made from them")
        ways.add_parser("remove", help="take it out again, except what Wikidata has adopted or a person changed")

    def handle(self, *_: Any, way: str, **options: Any) -> None:
        if way == "load":
            self._load()
        else:
            for line in _told(remove_starter()):
                self.stdout.write(line)

    def _load(self) -> None:
        try:
            loaded = load_starter()
        except CatalogueNotEmpty as error:
            raise CommandError(f"{error} Nothing was changed.", returncode=1) from None
        self.stdout.write(
            f"Loaded {loaded.works} works, {loaded.screen_works} screen works, {loaded.adaptations} adaptations "
            f"and {loaded.people} people."
        )


def _told(removed: Removed) -> list[str]:
    gone = removed.works + removed.screen_works + removed.adaptations + removed.people
    lines = ["There was nothing of the starter catalogue to remove."]
    if gone:
        lines = [
            f"Removed {removed.works} works, {removed.screen_works} screen works, {removed.adaptations} adaptations "
            f"and {removed.people} people."
        ]
    stayed = (
        (removed.adopted, "Wikidata brings {it} too, and {it_is} its own now"),
        (removed.changed, "a person has changed {it}"),
        (removed.needed, "something that stays refers to {it}"),
    )
    return lines + [_told_of(number, reason) for number, reason in stayed if number]


def _told_of(number: int, reason: str) -> str:
    if number == 1:
        return f"1 entry stayed: {reason.format(it='it', it_is='it is')}."
    return f"{number} entries stayed: {reason.format(it='them', it_is='they are')}."
