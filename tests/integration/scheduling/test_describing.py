"""The terms of a schedule and where each comes from."""

from datetime import timedelta
from typing import Any

import pytest

from adaptapedia.scheduling.actions import schedule_named
from adaptapedia.scheduling.describing import terms_of
from adaptapedia.scheduling.models import ScheduleCompanion
from adaptapedia.scheduling.terms import registry
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db


def test_each_term_says_whether_the_row_the_job_or_the_default_has_it(sample_jobs: Any) -> None:
    row = make_schedule("sample-count", queue="elsewhere", expire_seconds=90)
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"overlap": "queue", "jitter": timedelta(0)})
    terms = {term.name: term for term in terms_of(schedule_named(row.name))}
    spec = registry["sample-count"]
    assert (terms["overlap"].in_words, terms["overlap"].source) == ("let one wait", "row")
    assert (terms["missed"].in_words, terms["missed"].source) == ("the latest, once", "default")
    assert (terms["hard_limit"].value, terms["hard_limit"].source) == (spec.hard_limit, "job")
    assert (terms["queue"].value, terms["expires"].in_words) == ("elsewhere", "90 s")
    assert (terms["jitter"].in_words, terms["jitter"].source) == ("none", "row")
    assert terms["hard_limit"].as_json == spec.hard_limit.total_seconds()  # type: ignore[union-attr]


def test_a_task_that_is_no_job_goes_by_the_defaults() -> None:
    row = make_schedule("cleanup", task="celery.backend_cleanup")
    assert {term.source for term in terms_of(schedule_named(row.name))} == {"default"}
