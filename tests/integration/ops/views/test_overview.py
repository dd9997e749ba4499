import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from adaptapedia.ops import workers
from adaptapedia.scheduling.models import JobRun, Lease, ScheduleCompanion, Trouble
from adaptapedia.scheduling.queries import BEAT_SEEN
from adaptapedia.scheduling.watchdog.looking import Looking
from adaptapedia.scheduling.watchdog.rounds import go_round
from tests.integration.ops.samples import (
    SCHEDULES,
    make_failed_run,
    make_history,
    make_many_schedules,
    make_run,
    make_schedules,
)


@pytest.fixture(autouse=True)
def forget_workers() -> None:
    cache.delete(workers.KEY)


@pytest.fixture
def all_parts_there() -> None:
    """Beat and a worker of each queue as they look when they run."""
    cache.set(BEAT_SEEN, timezone.now().isoformat(), 60)
    cache.set(workers.KEY, {"quick": ["quick@test"], "long": ["long@test"]}, 60)


def overview(client: Client, **headers: str) -> str:
    response = client.get("/ops/", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_house_says_what_to_do(moderator: Client, all_parts_there: None) -> None:
    page = overview(moderator)

    assert "Nothing has run yet." in page
    assert "setup_periodic_tasks" in page


def test_before_the_first_run_it_says_when_the_first_tick_is_due(
    moderator: Client, all_parts_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_schedules()
    # Half past noon, for at two at night or on Sunday morning others are due with the health check.
    now = datetime(2026, 1, 7, 12, 30, tzinfo=UTC)
    ScheduleCompanion.objects.update(edited_at=now)
    monkeypatch.setattr("adaptapedia.scheduling.queries.timezone.now", lambda: now)

    page = overview(moderator)

    assert "Nothing has run yet." in page
    assert "The first tick is that of hourly-health-check" in page
    assert "13:00 UTC" in page


def test_all_six_schedules_stand_in_the_programme(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    make_history()

    page = overview(moderator)

    assert all(name in page for name in SCHEDULES)
    assert "All is well." in page
    assert "works created 1,873" in page
    assert "There is no TMDb source yet." in page
    assert "It waits until somebody resumes it" in page


def test_a_failed_schedule_comes_first_with_its_address(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    make_history()
    run = make_failed_run(ago=timedelta(hours=1))

    page = overview(moderator)

    assert "One thing needs you." in page
    assert f'<a id="trouble-1" href="/ops/runs/{run.pk}/">The last run of daily-wikidata-ingestion failed.</a>' in page
    assert "ends in the middle of a token" in page


def test_an_attempt_that_failed_says_when_the_next_is(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    soon = timezone.now() + timedelta(minutes=20, seconds=30)
    make_run(state=JobRun.State.WAITING, error="Wikidata cannot be reached.", next_attempt_at=soon)

    page = overview(moderator)

    assert "Attempt 1 of daily-wikidata-ingestion failed; the next is in 20 min" in page
    assert "Wikidata cannot be reached." in page


def test_a_run_under_way_shows_how_far_it_is(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    make_run(state=JobRun.State.RUNNING, done=3_211, total=7_737, step="reading works and screen works")

    page = overview(moderator)

    assert '<progress value="3211" max="7737"' in page
    assert "3,211 of 7,737" in page
    assert 'hx-trigger="every 2s"' in page


def test_a_run_that_no_worker_takes_is_a_trouble(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    make_run(state=JobRun.State.QUEUED, ago=timedelta(seconds=45))

    page = overview(moderator)

    assert re.search(r"No worker has taken daily-wikidata-ingestion for (4[5-9]|5\d) s\.", page)


def test_what_the_watchdog_has_noted_too_is_listed_once(moderator: Client, all_parts_there: None) -> None:
    make_schedules()
    ScheduleCompanion.objects.update(edited_at=None, next_due_at=timezone.now() + timedelta(hours=1))
    ScheduleCompanion.objects.filter(schedule__name="weekly-jwt-cleanup").update(fault="there is no 30 February")
    Lease.objects.update_or_create(id=1, defaults={"renewed_at": timezone.now() + timedelta(hours=1)})
    question = {"text": "240 of 8,000 pairs have vanished.", "answers": [["keep", "Keep them"]]}
    make_run(state=JobRun.State.ASKING, question=question)
    make_run("daily-stats-update", suspicion="works is 3; 1,800 to 1,900 were usual.")
    make_run("daily-session-cleanup", state=JobRun.State.FAILED, error="OSError: the disk is full")
    make_run("weekly-tmdb-refresh", suspicion="processed is 3; 800 to 900 were usual.")
    make_run("weekly-tmdb-refresh", state=JobRun.State.RUNNING)
    make_run("hourly-health-check", state=JobRun.State.QUEUED, queue="nowhere", ago=timedelta(minutes=5))
    go_round(Looking())

    page = overview(moderator)

    noted = {*Trouble.objects.filter(ended_at=None).values_list("kind", flat=True)}
    assert noted == {"asking", "not-as-usual", "failed", "unplanned", "queued-too-long"}
    assert "Six things need you." in page
    assert page.count("daily-wikidata-ingestion asks: 240 of 8,000") == 1
    assert page.count("were usual") == 2
    assert "weekly-tmdb-refresh: run" in page, "which the watchdog alone still tells, as it runs again"


def test_a_silent_beat_and_a_missing_worker_are_said(moderator: Client) -> None:
    cache.delete(BEAT_SEEN)
    make_schedules()

    page = overview(moderator)

    assert "beat: not seen." in page
    assert "queue long: no worker answers." in page


def test_htmx_gets_the_live_part_alone(moderator: Client, all_parts_there: None) -> None:
    make_schedules()

    fragment = overview(moderator, hx_request="true")

    assert fragment.strip().startswith('<div id="standing"')
    assert "<html" not in fragment


def test_a_moderator_sees_no_button_that_starts_a_run(
    moderator: Client, administrator: Client, all_parts_there: None
) -> None:
    make_schedules()

    assert "/ops/schedules/daily-stats-update/run/" not in overview(moderator)
    assert "/ops/schedules/daily-stats-update/run/" in overview(administrator)


def test_few_queries_however_much_there_is(
    administrator: Client, all_parts_there: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_schedules()
    for _ in range(20):
        make_history()
        make_failed_run()
        make_run(state=JobRun.State.RUNNING, done=1, total=2)

    with django_assert_max_num_queries(12):
        overview(administrator)


ROW = re.compile(r'<h3><a id="schedule-\d+" href="[^"]+">([^<]+)</a></h3>')


@pytest.fixture
def many(all_parts_there: None) -> None:
    """Three pages of schedules."""
    make_many_schedules(130)


def listed(page: str) -> list[str]:
    """The names in the programme."""
    return ROW.findall(page)


def shown(client: Client, asked: str) -> str:
    return client.get(f"/ops/?{asked}").content.decode()


def test_of_very_many_schedules_a_page_is_shown_in_few_queries(
    administrator: Client, all_parts_there: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_many_schedules(3_000)
    for n in range(60):
        make_run(f"feed-{n * 40:05}", state=JobRun.State.FAILED, error="The feed is empty.")
        make_run(f"feed-{n * 41 + 1:05}", state=JobRun.State.RUNNING)

    for asked in ("", "q=feed", "only=paused", "only=trouble", "after=feed-01999&q=feed"):
        with django_assert_max_num_queries(17):
            page = shown(administrator, asked)
        assert len(listed(page)) == 50
        assert page.count("<li") < 120

    assert "Sixty things need you." in page or "60 things need you." in page
    assert "60 runs are open." in page
    assert "all schedules 3,000" in page
    assert "paused 300" in page
    assert "in trouble 60" in page


def test_the_pages_of_the_programme_have_every_schedule_once(moderator: Client, many: None) -> None:
    found: list[str] = []
    asked = "q=feed"
    for _ in range(3):
        page = shown(moderator, asked)
        found += listed(page)
        following = re.search(r'id="next-page" rel="next" href="\?([^"#]+)#programme"', page)
        if not following:
            break
        asked = html.unescape(following[1])
        assert "q=feed" in asked

    assert found == [f"feed-{n:05}" for n in range(130)]
    assert "These are the last." in page
    assert 'id="first-page" href="?q=feed#programme"' in page


def test_a_part_of_its_name_finds_a_schedule_and_the_page_asks_for_the_same_again(
    moderator: Client, many: None
) -> None:
    page = shown(moderator, "q=D-0010&only=paused")

    assert listed(page) == ["feed-00109"]
    assert 'value="D-0010"' in page
    assert 'hx-get="/ops/?q=D-0010&amp;only=paused"' in page
    assert "No schedule is like this." in shown(moderator, "q=nobody")
    assert len(listed(shown(moderator, "only=astonished&after=%00&q=" + "x" * 300))) == 50


def test_schedules_in_trouble_are_told_and_listed_wherever_they_stand(moderator: Client, many: None) -> None:
    failed = make_run("feed-00101", state=JobRun.State.FAILED, error="The feed is empty.")
    make_run("feed-00102", state=JobRun.State.FAILED)
    make_run("feed-00102")
    make_run("feed-00103", suspicion="items is 3; 800 to 900 were usual.")
    make_run("feed-00104", suspicion="items is 3; 800 to 900 were usual.", answer="usual")
    make_run("feed-00105", state=JobRun.State.WAITING, next_attempt_at=timezone.now() + timedelta(hours=1))
    make_run("not-a-schedule", state=JobRun.State.FAILED)
    ScheduleCompanion.objects.filter(schedule__name="feed-00106").update(fault="there is no 30 February")
    noted = {"expected": "a run", "seen": "none", "began_at": timezone.now()}
    Trouble.objects.create(key="late: feed-00107", kind="late", schedule_name="feed-00107", page="/ops/", **noted)
    Trouble.objects.create(
        key="late: feed-00108", kind="late", schedule_name="feed-00108", page="/ops/", ended_at=timezone.now(), **noted
    )

    page = overview(moderator)
    found = listed(shown(moderator, "only=trouble"))

    assert found == ["feed-00101", "feed-00103", "feed-00105", "feed-00106", "feed-00107"]
    assert f'href="/ops/runs/{failed.pk}/">The last run of feed-00101 failed.</a>' in page
    assert "The last run of feed-00103 is not as usual" in page
    assert "in trouble 5" in page
    assert listed(page)[0] == "feed-00000"


def test_what_is_due_next_is_told_wherever_it_stands(moderator: Client, many: None) -> None:
    make_run("feed-00000")
    soon = timezone.now() + timedelta(minutes=20, seconds=30)
    ScheduleCompanion.objects.filter(schedule__name="feed-00120").update(next_due_at=soon, fires_at=soon)

    assert re.search(r'class="beam"><span>feed-00120 <time[^>]+>in 20 min', overview(moderator))


def test_a_few_schedules_stand_by_their_next_time_without_a_search(moderator: Client, all_parts_there: None) -> None:
    make_schedules()

    page = overview(moderator)

    assert 'id="q"' not in page
    assert "in trouble" not in page
    assert len(listed(page)) == 6
