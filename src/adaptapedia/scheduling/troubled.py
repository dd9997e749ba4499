"""Which of very many schedules something is wrong with, without reckoning them: out of rows that indexes find."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling.models import JobRun, Trouble
from adaptapedia.scheduling.terms import ACCEPTING

LOOKED_AT = 1_000
"""Rows of each kind of trouble, the newest first."""

State = JobRun.State


def troubled_names() -> list[str]:
    """The names of the schedules in trouble, in their order, in one query.

    Those are: what beat leaves out, what the watchdog has noted, whose run waits for its retry or an answer, and whose
    newest run has failed or was not as usual. Of each kind `LOOKED_AT` are found; the watchdog notes the others in
    time.
    """
    noted = Trouble.objects.filter(ended_at=None).order_by("-id").values_list("schedule_name")[:LOOKED_AT]
    left_out = PeriodicTask.objects.filter(companion__fault__gt="").values_list("name")[:LOOKED_AT]
    held = JobRun.objects.filter(state__in=(State.WAITING, State.ASKING)).values_list("schedule_name")[:LOOKED_AT]
    anything = noted.union(left_out, held, _went_wrong())
    found = PeriodicTask.objects.filter(name__in=anything).order_by("name")
    return [*found.values_list("name", flat=True)]


def _went_wrong() -> QuerySet[JobRun, tuple[str]]:
    unusual = Q(Q(suspicion__gt=""), ~Q(answer__in=ACCEPTING))
    wrong = JobRun.objects.filter(Q(state=State.FAILED) | unusual).order_by("-id")[:LOOKED_AT]
    name = OuterRef("schedule_name")
    # A range of names is what the index `run_of_schedule` gives (see `queries.newest_of_each`).
    newer = JobRun.objects.filter(schedule_name__gte=name, schedule_name__lte=name, id__gt=OuterRef("id"))
    return JobRun.objects.filter(~Exists(newer), pk__in=wrong.values("pk")).values_list("schedule_name")
