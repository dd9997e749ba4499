from collections.abc import Callable

import pytest
from django.core.cache import cache

from adaptapedia.scheduling.models import JobRun


@pytest.mark.parametrize("name", ["weekly-tmdb-refresh", "daily-tmdb-changes"])
def test_without_a_key_it_is_skipped_with_a_sentence_and_never_a_success(
    run_job: Callable[[str], JobRun], name: str
) -> None:
    run = run_job(name)

    why = "There is no key for TMDb: TMDB_API_KEY is not set."
    assert (run.state, run.reason, run.counts) == (JobRun.State.SKIPPED, why, None)
    assert cache.get("last_tmdb_refresh") is None
