from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from adaptapedia.ingest.models import Change
from adaptapedia.scheduling.models import JobRun


def test_changes_of_over_180_days_ago_are_forgotten(run_job: Callable[[str], JobRun]) -> None:
    for days, rows in ((179, 3), (181, 1_100)):
        Change.objects.bulk_create(
            Change(
                run_id=1,
                source="wikidata",
                table_name="catalogue_work",
                row_id=number,
                at=timezone.now() - timedelta(days=days),
                before={"year": [1965, None]},
            )
            for number in range(rows)
        )

    run = run_job("daily-change-log-cleanup")

    assert (run.state, run.counts, run.done) == (JobRun.State.SUCCEEDED, {"deleted": 1_100}, 1_100)
    assert Change.objects.count() == 3
