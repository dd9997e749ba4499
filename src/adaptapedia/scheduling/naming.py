"""The names of schedules: where there are few all of them, where there are very many those near to one."""

from collections.abc import Iterable
from difflib import get_close_matches

from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.terms import registry

FEW = 50
"""So many names people choose from; among more they search."""
AROUND = 500
NEAREST = 10


def names_if_few() -> list[str]:
    """The names of all schedules, and of those jobs that have none yet; none where they are more than `FEW`."""
    names = sorted({*PeriodicTask.objects.values_list("name", flat=True)[: FEW + 1], *registry})
    return names if len(names) <= FEW else []


def names_with(part: str) -> list[str]:
    """The names of schedules that have this part, whatever its case; by name, at most `FEW`."""
    found = PeriodicTask.objects.filter(name__icontains=part).order_by("name")
    return [*found.values_list("name", flat=True)[:FEW]]


def names_around(name: str) -> list[str]:
    """The names that may be meant by one that does not exist.

    Those of all jobs, and of schedules those that have it as a part and its neighbours in the alphabet.
    """
    rows = PeriodicTask.objects.values_list("name", flat=True)
    below, above = rows.filter(name__lt=name).order_by("-name"), rows.filter(name__gt=name).order_by("name")
    return sorted({*registry, *names_with(name), *below[:AROUND], *above[:AROUND]})


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Of the names that are known those most like this one, the most like first; at most `NEAREST`."""
    return get_close_matches(name, known, n=NEAREST, cutoff=0.0)
