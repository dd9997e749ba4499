"""What is asked of schedules and runs, and what PostgreSQL reads for it."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_celery_beat.models import PeriodicTask

from adaptapedia.scheduling import naming, queries
from adaptapedia.scheduling.actions import UnknownSchedule, schedule_named
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


def test_of_a_name_that_does_not_exist_the_nearest_ten_are_told(sample_jobs: Any) -> None:
    PeriodicTask.objects.bulk_create(PeriodicTask(name=f"feed-{n:04}-of-news", task="any") for n in range(1_200))

    with CaptureQueriesContext(connection) as made, pytest.raises(UnknownSchedule) as caught:
        schedule_named("feed-0077-of-newt")

    near = str(caught.value).partition("The nearest names are: ")[2].rstrip(".").split(", ")
    assert (len(near), near[0]) == (10, "feed-0077-of-news")
    assert all("LIMIT" in query["sql"] for query in made.captured_queries[1:])
    with pytest.raises(UnknownSchedule, match="feed-0099-of-news"):
        schedule_named("0099-OF-NEWS")


def test_of_few_schedules_an_unknown_name_tells_all(sample_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "registry", {})
    make_schedule("sample-count")
    with pytest.raises(UnknownSchedule, match=r"The schedules are: sample-count\."):
        schedule_named("sample")


def test_names_are_to_be_chosen_from_only_where_they_are_few(sample_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "registry", {"a-job": None})
    monkeypatch.setattr(naming, "FEW", 2)
    make_schedule("sample-count")
    assert naming.names_if_few() == ["a-job", "sample-count"]
    make_schedule("sample-long")
    assert naming.names_if_few() == []
