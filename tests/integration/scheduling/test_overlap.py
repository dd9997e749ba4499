"""Runs of random histories that meet: claimed, ended, tried again and freed, on PostgreSQL as in the simulation."""

from datetime import timedelta
from functools import cache

import pytest
from django.db.models.functions import Now

from adaptapedia.scheduling import attempts, care
from adaptapedia.scheduling.core.policies import Overlap
from adaptapedia.scheduling.models import JobRun, ScheduleCompanion
from tests.integration.scheduling.world import make_run, make_schedule
from tests.unit.scheduling.core.histories import play, twenty, worked
from tests.unit.scheduling.core.working import Step, Workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]

AT_MOST = 4
"""Runs of a history: they meet in more ways than these in twenty of them, and each takes its time."""


@cache
def workers() -> list[Workers]:
    """Of each history, under each policy, those of the schedule whose runs came to the most."""
    found = []
    for told in map(play, twenty()):
        every = worked(told, at_most=AT_MOST)
        found += [max((one for one in every if one.overlap == it), key=lambda one: len(one.steps)) for it in Overlap]
    return found


def do(step: Step, run: JobRun, *, retries: int) -> None:
    match step.act, step.how:
        case "claim", _:
            attempts.claim(run.pk, worker="one")
        case "end", "succeed":
            assert attempts.succeed(run, {})
        case "end", "fail":
            assert attempts.fail(run, error="-", retry_in=timedelta(hours=1) if run.attempt <= retries else None)
        case "end", _:
            assert attempts.cancel(run)
        case "retry", _:
            JobRun.objects.filter(pk=run.pk).update(next_attempt_at=Now())
            care._start_retries()
        case "free", _:
            JobRun.objects.filter(care._free(), pk=run.pk).update(behind=None)


@pytest.mark.parametrize("overlap", Overlap)
def test_runs_that_meet_come_to_the_same_on_postgresql(overlap: Overlap) -> None:
    for number, one in enumerate(it for it in workers() if it.overlap == overlap):
        row = make_schedule(f"history-{number}", task="sample_count")
        ScheduleCompanion.objects.filter(schedule=row).update(overlap=overlap)
        pks = [make_run(schedule=row, schedule_name=row.name, trigger="tick").pk for _ in one.runs]
        for step in one.steps:
            do(step, JobRun.objects.get(pk=pks[step.run.number]), retries=one.work.retries)
        stand = JobRun.objects.filter(pk__in=pks).order_by("pk").values_list("state", "attempt", "behind")
        expected = [(run.state, run.attempt, pks[run.behind.number] if run.behind else None) for run in one.runs]
        ended = {"skipped", "failed", "cancelled", "succeeded"}
        assert [(state, attempt, None if state in ended else behind) for state, attempt, behind in stand] == expected
