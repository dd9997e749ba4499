from collections.abc import Callable

from django.core.cache import cache

from adaptapedia.scheduling.models import JobRun


def test_the_refresh_is_skipped_and_never_a_success_while_it_has_no_source(run_job: Callable[[str], JobRun]) -> None:
    run = run_job("weekly-tmdb-refresh")

    assert (run.state, run.reason, run.counts) == (JobRun.State.SKIPPED, "no TMDb source yet", None)
    assert cache.get("last_tmdb_refresh") is None
