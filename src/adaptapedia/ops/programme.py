"""The schedules on the first page of /ops/: all of them where they fit, else a page by name and what finds the others.

However many there are, a page of them is read and reckoned, and those in trouble that are told first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask

from adaptapedia.ops.forms import ScheduleFilter
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.queries import ScheduleRow, schedules
from adaptapedia.scheduling.troubled import troubled_names

PAGE = 50
TOLD = 20
"""Schedules in trouble that are told one by one, beside those of the page."""
NEVER = datetime.max.replace(tzinfo=UTC)


class Next(NamedTuple):
    """The schedule that is due first."""

    name: str
    next_due: datetime


@dataclass(frozen=True)
class Programme:
    """What is asked of the programme, and what there is to show; each is read when it is asked for, and once."""

    part: str
    """Of a name; empty for any."""
    only: str
    """`paused`, `trouble` or empty."""
    begins_after: str
    """The name after which the page begins; empty on the first page."""

    @classmethod
    def of(cls, wanted: ScheduleFilter) -> "Programme":
        return cls(wanted.asked("q").strip(), wanted.asked("only"), wanted.asked("after"))

    @property
    def rows(self) -> list[ScheduleRow]:
        """The page: by next due time where that is the whole programme, else by name."""
        page = self._found[:PAGE]
        return sorted(page, key=_by_next_due) if self.whole else page

    @property
    def after(self) -> str | None:
        """The name after which the next page begins; None on the last."""
        return self._found[PAGE - 1].name if len(self._found) > PAGE else None

    @property
    def narrowed(self) -> bool:
        return bool(self.part or self.only)

    @property
    def whole(self) -> bool:
        """Whether every schedule is on this page."""
        return not (self.narrowed or self.begins_after or self.after)

    @cached_property
    def in_trouble(self) -> list[ScheduleRow]:
        """Those to be told of first: of the whole programme any may be, of a page of it what is found elsewhere too."""
        if self.whole:
            return self.rows
        here = {row.name: row for row in self.rows}
        elsewhere = [name for name in self._troubled if name not in here]
        found = [*here.values(), *schedules(among=_named(elsewhere[:TOLD]))]
        return sorted(found, key=lambda row: row.name)

    @property
    def untold(self) -> int:
        """How many more are in trouble than `in_trouble` has."""
        return 0 if self.whole else len({*self._troubled}.difference(row.name for row in self.in_trouble))

    @property
    def conditions(self) -> list[tuple[str, str, int]]:
        """What `only` may be, in words, and how many schedules there are of it."""
        found = PeriodicTask.objects.aggregate(all=Count("pk"), paused=Count("pk", filter=Q(enabled=False)))
        return [
            ("", _("all schedules"), found["all"]),
            ("paused", _("paused"), found["paused"]),
            ("trouble", _("in trouble"), len(self._troubled)),
        ]

    @cached_property
    def next(self) -> Next | None:
        """What is due first of all schedules."""
        if self.whole:
            return next((Next(row.name, row.next_due) for row in self.rows if row.next_due), None)
        due = ScheduleCompanion.objects.filter(
            schedule__enabled=True, fires_at__isnull=False, next_due_at__isnull=False
        )
        first = due.order_by("fires_at").values_list("schedule__name", "next_due_at").first()
        return Next(*first) if first else None  # type: ignore[arg-type]  # such a row has its time

    @cached_property
    def _troubled(self) -> list[str]:
        return troubled_names()

    @cached_property
    def _found(self) -> list[ScheduleRow]:
        """The page, and one more where there is a next."""
        return schedules(among=self._asked_for(), after=self.begins_after, at_most=PAGE + 1)

    def _asked_for(self) -> QuerySet[PeriodicTask]:
        found = _named(self._troubled) if self.only == "trouble" else PeriodicTask.objects.all()
        if self.only == "paused":
            found = found.filter(enabled=False)
        if self.part:
            found = found.filter(name__icontains=self.part)
        return found


def _named(names: list[str]) -> QuerySet[PeriodicTask]:
    found: QuerySet[PeriodicTask] = PeriodicTask.objects.filter(name__in=names)
    return found


def _by_next_due(row: ScheduleRow) -> tuple[datetime, str]:
    return row.next_due or NEVER, row.name
