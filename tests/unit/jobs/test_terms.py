"""The jobs keep the terms that the design gives them."""

from datetime import timedelta

import pytest
from django.conf import settings

from adaptapedia.ingest.metadata import changes, openlibrary
from adaptapedia.ingest.metadata.tmdb import COUNTS
from adaptapedia.scheduling.bands import figure_of
from adaptapedia.scheduling.jobs import DAY, HOUR, MINUTE, Counts, registry
from tests.library import counts

NONE = (0, HOUR)
TABLE = {
    "daily-wikidata-ingestion": ("run_daily_wikidata_ingestion", "0 2 * * *", "long", (3, HOUR), HOUR),
    "weekly-tmdb-refresh": ("refresh_tmdb_metadata", "0 3 * * 0", "long", (3, 2 * HOUR), 2 * HOUR),
    "daily-tmdb-changes": ("read_tmdb_changes", "0 6 * * *", "long", (3, HOUR), 6 * HOUR),
    "daily-metadata-expiry": ("expire_metadata", "30 5 * * *", "quick", (0, HOUR), 6 * HOUR),
    "daily-openlibrary-refresh": ("refresh_openlibrary_metadata", "0 7 * * *", "long", (3, 2 * HOUR), 6 * HOUR),
    "daily-stats-update": ("update_site_statistics", "0 1 * * *", "quick", NONE, HOUR),
    "daily-session-cleanup": ("cleanup_expired_sessions", "0 4 * * *", "quick", NONE, HOUR),
    "daily-change-log-cleanup": ("cleanup_change_log", "30 4 * * *", "quick", NONE, HOUR),
    "weekly-jwt-cleanup": ("cleanup_expired_jwt_tokens", "0 5 * * 1", "quick", NONE, HOUR),
    "daily-run-cleanup": ("clean_up_runs", "45 4 * * *", "quick", NONE, HOUR),
    "daily-result-cleanup": ("celery.backend_cleanup", "15 4 * * *", "quick", NONE, HOUR),
    "hourly-health-check": ("health_check", "0 * * * *", "quick", NONE, 5 * MINUTE),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_job_keeps_its_terms(name: str) -> None:
    spec = registry[name]

    assert (spec.task, spec.cron, spec.queue, (spec.retries, spec.retry_after), spec.expires) == TABLE[name]


def test_the_files_of_jobs_hold_these_jobs_and_no_other() -> None:
    ours = {
        name for name, spec in registry.items() if spec.plain or spec.run.__module__.startswith("adaptapedia.jobs.")
    }

    assert ours == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_job_is_killed_before_its_message_is_handed_out_again(name: str) -> None:
    spec = registry[name]
    visible_again = timedelta(seconds=settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"])

    assert spec.soft_limit < spec.hard_limit < visible_again


@pytest.mark.parametrize(
    ("name", "key", "kept_for"),
    [
        ("daily-wikidata-ingestion", "last_wikidata_ingestion", DAY),
        ("weekly-tmdb-refresh", "last_tmdb_refresh", 7 * DAY),
    ],
)
def test_the_last_results_of_reading_upstreams_are_remembered(name: str, key: str, kept_for: timedelta) -> None:
    assert (registry[name].remember_as, registry[name].remember_for) == (key, kept_for)


@pytest.mark.parametrize("name", TABLE)
def test_what_a_job_watches_is_among_its_counts(name: str) -> None:
    told: dict[str, Counts] = {
        "daily-wikidata-ingestion": counts("unchanged", 30, read_from="somewhere"),
        "weekly-tmdb-refresh": dict.fromkeys(COUNTS, 0),
        "daily-tmdb-changes": dict.fromkeys(changes.COUNTS, 0),
        "daily-openlibrary-refresh": dict.fromkeys(openlibrary.COUNTS, 0),
        "daily-metadata-expiry": {"expired": 0, "untied": 0, "credits": 0, "people": 0, "matches": 0, "soon": 0},
    }
    watched = registry[name].watched

    assert all(figure_of(told[name], figure) is not None for figure in watched)
