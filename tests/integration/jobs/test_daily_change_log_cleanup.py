from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from adaptapedia.ingest.models import Change, Refresh, SourceState
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

    for n, days in enumerate((1, 181, 364, 366)):
        then = timezone.now() - timedelta(days=days)
        Refresh.objects.create(run_id=n, source="tmdb", started_at=then)
        SourceState.objects.create(source="wikidata", key=f"Q{n}", read_at=then)

    run = run_job("daily-change-log-cleanup")

    told = {"deleted": 1_100, "states": 1, "refreshes": 3}
    assert (run.state, run.counts, run.done) == (JobRun.State.SUCCEEDED, told, 1_101)
    assert Change.objects.count() == 3
    assert set(SourceState.objects.values_list("key", flat=True)) == {"Q0", "Q1", "Q2"}
    assert list(Refresh.objects.values_list("run_id", flat=True)) == [0]
