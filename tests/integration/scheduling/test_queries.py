"""What is asked of schedules and runs, and what PostgreSQL reads for it."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adaptapedia.scheduling import queries
from adaptapedia.scheduling.models import JobRun
from tests.integration.scheduling.world import make_schedule

pytestmark = pytest.mark.django_db


def rows_read(plan: dict[str, Any]) -> float:
    """Rows of runs that a plan has taken up, those included that it then dropped."""
    own = 0.0
    if plan.get("Relation Name") == "scheduling_jobrun":
        own = plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
    return own + sum(rows_read(part) for part in plan.get("Plans", []))


def test_a_list_of_schedules_reads_one_run_of_each_however_many_there_are(sample_jobs: Any) -> None:
    for name in ("sample-count", "sample-long"):
        make_schedule(name)
        task = name.replace("-", "_")
        JobRun.objects.bulk_create(
            JobRun(task=task, schedule_name=name, queue="quick", trigger="manual") for _ in range(2_000)
        )
    newest = JobRun.objects.filter(schedule_name="sample-count").latest("id")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_jobrun")

    with CaptureQueriesContext(connection) as asked:
        rows = {row.name: row for row in queries.schedules()}

    assert rows["sample-count"].last_run == newest
    assert len(asked) == 2
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
            (plan,) = cursor.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        assert rows_read(plan[0]["Plan"]) <= 2


def test_schedules_are_given_after_a_name_and_so_many(sample_jobs: Any) -> None:
    for name in ("sample-c", "sample-a", "sample-b"):
        make_schedule(name)

    assert [row.name for row in queries.schedules(after="sample-a", at_most=1)] == ["sample-b"]
