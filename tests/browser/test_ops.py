"""The pages of /ops/ as people see them."""

import gzip
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask, SolarSchedule
from playwright.sync_api import Response, expect

from adaptapedia.ops import workers
from adaptapedia.scheduling.models import JobRun, Lease, Presence, RunLine, ScheduleCompanion, Trouble
from adaptapedia.scheduling.queries import BEAT_SEEN
from tests.browser.conftest import Open
from tests.browser.looks import CONTRAST, look_over
from tests.integration.ops.samples import (
    INGESTION_COUNTS,
    PASSWORD,
    make_clash,
    make_failed_run,
    make_history,
    make_many_schedules,
    make_match,
    make_person,
    make_rejects,
    make_run,
    make_schedules,
    make_screen_work,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def beat_and_workers(transactional_db: None) -> None:
    """Beat and workers as they look when they run, so that the pages wait for nobody."""
    cache.set(BEAT_SEEN, timezone.now().isoformat(), 600)
    cache.set(workers.KEY, {"quick": ["quick@test"], "long": ["long@test"]}, 600)


def make_lines(run: JobRun) -> None:
    """What a run has logged, with a line that is long and one that is an error."""
    texts = ["reading works", "https://query.wikidata.org/sparql?query=" + "SELECT" * 60, "429: asked to wait 30 s"]
    RunLine.objects.bulk_create(
        RunLine(run=run, attempt=1, at=timezone.now(), level="ERROR" if n % 7 == 2 else "INFO", logger="x", text=text)
        for n in range(12)
        for text in texts
    )


def in_berlin(name: str) -> None:
    """A schedule of a zone whose clocks are about to change, edited, and one that beat leaves out."""
    row = PeriodicTask.objects.get(name=name)
    row.crontab = CrontabSchedule.objects.create(
        minute="30", hour="2", day_of_month="20-31", month_of_year="3,10", timezone="Europe/Berlin"
    )
    row.save()
    ScheduleCompanion.objects.update_or_create(schedule=row, defaults={"overlap": "queue"})
    solar = SolarSchedule.objects.create(event="sunrise", latitude=52, longitude=13)
    PeriodicTask.objects.create(name="at sunrise", task="health_check", solar=solar)


def make_processes() -> None:
    """A beat that leads, a worker that lives, and one that has gone; and what the watchdog has noted."""
    now = timezone.now()
    Lease.objects.update_or_create(pk=1, defaults={"holder": "host 11", "since": now, "renewed_at": now, "epoch": 1})
    seen = {"since": now - timedelta(hours=4), "seen_at": now}
    Presence.objects.create(name="host 11", kind="beat", **seen)
    Presence.objects.create(name="quick@host", kind="worker", queues=["quick"], **seen)
    gone = {"since": now - timedelta(hours=4), "seen_at": now - timedelta(minutes=4)}
    Presence.objects.create(name="long@host", kind="worker", queues=["long"], **gone)
    Trouble.objects.create(
        key="worker gone: long@host",
        kind="worker_gone",
        expected="a sign of life every 5 s",
        seen="The worker long@host has gone",
        page="/ops/",
        began_at=now - timedelta(minutes=4),
    )


def everything() -> dict[str, str]:
    """Rows for every page, and the addresses by a short name."""
    make_schedules()
    make_history()
    failed = make_failed_run(ago=timedelta(hours=30))
    succeeded = make_run(ago=timedelta(hours=26), counts=INGESTION_COUNTS)
    running = make_run(
        ago=timedelta(minutes=2), state=JobRun.State.RUNNING, done=3_211, total=7_737, step="reading works"
    )
    skipped = make_run(
        ago=timedelta(days=5),
        state=JobRun.State.SKIPPED,
        due_until=timezone.now() - timedelta(days=3),
        ticks=3,
        reason="missed",
    )
    asking = make_run(
        "weekly-tmdb-refresh",
        state=JobRun.State.ASKING,
        question={
            "text": "240 of 8,000 pairs have vanished, which is more than usual.",
            "answers": [["retire", "Retire those of which Wikidata says nothing any more"], ["keep", "Keep them all"]],
        },
    )
    make_rejects(70)
    make_clash()
    make_lines(running)
    in_berlin("daily-stats-update")
    make_processes()
    match = make_match(make_screen_work(151_600, "Die Bergkatze", title_language="de", original_language="de"))
    return {
        "front": "/",
        "overview": "/ops/",
        "runs": "/ops/runs/",
        "failed": f"/ops/runs/{failed.pk}/",
        "succeeded": f"/ops/runs/{succeeded.pk}/",
        "running": f"/ops/runs/{running.pk}/",
        "asking": f"/ops/runs/{asking.pk}/",
        "skipped": f"/ops/runs/{skipped.pk}/",
        "cancel": f"/ops/runs/{running.pk}/cancel/",
        "log": f"/ops/runs/{running.pk}/lines/",
        "schedule": "/ops/schedules/daily-stats-update/",
        "schedule-left-out": "/ops/schedules/at%20sunrise/",
        "explanation": "/ops/schedules/daily-stats-update/explain/?when=2026-03-29T02:00Z",
        "explanation-refused": "/ops/schedules/daily-stats-update/explain/?when=yesterday",
        "backfill": "/ops/schedules/daily-stats-update/backfill/?begin=2026-03-20&end=2026-03-31",
        "rejects": "/ops/rejects/?item=dracula",
        "clashes": "/ops/clashes/",
        "matches": "/ops/matches/",
        "match": f"/ops/matches/{match.pk}/",
        "missing": "/nowhere/",
    }


def test_an_operator_signs_in_and_sees_the_programme(open_page: Open) -> None:
    make_person("grace", "moderator", password=PASSWORD)
    make_schedules()
    make_history()

    page = open_page("/ops/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/ops/$"))
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("All is well.")
    expect(page.locator(".programme > li")).to_have_count(6)
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_progress_moves_without_a_reload_and_rests_at_the_end(open_page: Open, session: str) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING, done=10, total=100, step="reading works")
    page = open_page(f"/ops/runs/{run.pk}/", session=session)
    page.evaluate("window.same = true")
    expect(page.locator("progress")).to_have_attribute("value", "10")

    JobRun.objects.filter(pk=run.pk).update(done=60, step="reading people")
    expect(page.locator("progress")).to_have_attribute("value", "60")
    expect(page.get_by_text("reading people")).to_be_visible()

    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.SUCCEEDED, counts=INGESTION_COUNTS, finished_at=timezone.now()
    )
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible()
    expect(page.get_by_role("table", name="by kind")).to_contain_text("2,526")
    assert page.evaluate("window.same") is True
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1_500)
    assert asked == []


def test_the_overview_follows_a_run_that_somebody_started(open_page: Open, session: str) -> None:
    make_schedules()
    make_history()
    page = open_page("/ops/", session=session)

    page.get_by_role("button", name="Run daily-wikidata-ingestion now").click()

    expect(page).to_have_url(re.compile(r"/ops/runs/\d+/$"))
    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    page.goto("/ops/")
    expect(page.locator(".frame").get_by_role("link", name="daily-wikidata-ingestion")).to_be_visible()
    JobRun.objects.filter(state=JobRun.State.QUEUED).update(state=JobRun.State.RUNNING, started_at=timezone.now())
    expect(page.locator(".frame .kicker")).to_contain_text("On now")


def test_the_focus_stays_where_it_is_while_the_overview_renews_itself(open_page: Open, session: str) -> None:
    page = open_page(everything()["overview"], session=session)
    button = page.get_by_role("button", name="Run daily-stats-update now")
    button.focus()
    before = page.locator("#standing").element_handle()

    with page.expect_response(lambda response: response.request.headers.get("hx-request") == "true"):
        pass
    before.wait_for_element_state("hidden")

    expect(button).to_be_focused()


def test_among_very_many_schedules_one_is_found_while_the_page_renews_itself(open_page: Open, session: str) -> None:
    make_many_schedules(130)
    make_failed_run(name="feed-00077")
    make_run("feed-00003", state=JobRun.State.RUNNING)
    page = open_page("/ops/?only=trouble", session=session)
    expect(page.locator(".programme > li")).to_have_count(1)
    found = look_over(page, "ops-overview-trouble")
    page.get_by_role("link", name="all schedules").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="feed-00050")).to_be_visible()
    found += look_over(page, "ops-overview-many")

    page.get_by_label("With a part of the name").press_sequentially("D-0012")
    JobRun.objects.filter(state=JobRun.State.RUNNING).update(step="reading the feed")
    expect(page.get_by_text("reading the feed")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="feed-00050")).to_be_visible()
    page.keyboard.type("9")
    page.keyboard.press("Enter")

    expect(page.locator(".programme > li h3")).to_have_text(["feed-00129"])
    page.goto("/ops/runs/?schedule=D-0007")
    found += look_over(page, "ops-runs-many")
    page.get_by_role("link", name="feed-00077").click()
    expect(page.get_by_role("table").get_by_text("Failed")).to_be_visible()
    assert found == []


def test_everything_is_there_without_script(open_page: Open, session: str) -> None:
    addresses = everything()

    page = open_page(addresses["overview"], session=session, script=False)
    expect(page.locator("progress")).to_be_visible()
    assert page.locator('meta[http-equiv="refresh"]').count() == 1
    page.get_by_role("link", name="Rejects").click()
    page.get_by_label("With the item").fill("Q1001")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(addresses["failed"])
    page.get_by_text("Traceback", exact=True).click()
    expect(page.get_by_text("raise Truncated")).to_be_visible()


def test_day_and_night_are_chosen_by_the_reader_or_the_system(open_page: Open) -> None:
    page = open_page("/", dark=True, script=False)

    body = page.locator("body")
    night = body.evaluate("body => getComputedStyle(body).backgroundColor")
    page.get_by_role("button", name="day", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(body).not_to_have_css("background-color", night)
    page.get_by_role("button", name="as the system").click()
    expect(body).to_have_css("background-color", night)


def test_the_measure_of_contrast_finds_grey_on_paper(open_page: Open) -> None:
    page = open_page("/")
    assert page.evaluate(CONTRAST) == []
    page.locator(".lede").evaluate("text => { text.style.color = '#8f8a80' }")

    assert len(page.evaluate(CONTRAST)) == 1


def test_every_page_fits_can_be_read_and_has_nothing_for_axe_to_find(open_page: Open, session: str) -> None:
    found = []
    page = open_page("/healthz", session=session)
    for name, address in everything().items():
        page.goto(address)
        found += look_over(page, f"ops-{name}")
    assert found == []


@pytest.mark.parametrize("script", [True, False])
def test_a_match_is_decided_and_taken_back_with_and_without_script(open_page: Open, session: str, script: bool) -> None:
    page = open_page(everything()["match"], session=session, script=script)

    page.get_by_role("button", name="Not it: Dünyayı Kurtaran Adam").first.click()
    expect(page.get_by_role("button", name="This is it")).to_have_count(1)
    page.get_by_role("button", name="This is it").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("accepted")
    page.get_by_role("button", name="Take the decision back").click()
    expect(page.get_by_role("button", name="This is it")).to_have_count(2)


def test_the_keyboard_reaches_everything_and_focus_is_seen(open_page: Open, session: str) -> None:
    page = open_page(everything()["overview"], session=session)
    reachable = page.locator("a:visible, button:visible, input:visible, summary:visible").count()
    seen = set()
    for _ in range(reachable + 1):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const on = document.activeElement, style = getComputedStyle(on);"
            " return [on.outerHTML.slice(0, 160), style.outlineStyle, parseFloat(style.outlineWidth)]; }"
        )
        if focused[0].startswith("<body"):
            break
        assert focused[1] == "solid", focused
        assert focused[2] >= 2, focused
        seen.add(focused[0])
    assert any("Run daily-stats-update now" in html for html in seen)
    assert any("Sign out" in html for html in seen)
    assert any("skip-link" in html for html in seen)


def test_our_styles_and_scripts_stay_light_and_come_from_nowhere_else(open_page: Open, session: str) -> None:
    address = everything()["running"]
    page = open_page("/healthz", session=session)
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))

    page.goto(address)
    expect(page.locator("progress")).to_be_visible()

    ours = [response for response in responses if response.url.endswith((".css", ".js"))]
    assert {response.url.rsplit(".", 1)[1] for response in ours} == {"css", "js"}
    assert sum(len(gzip.compress(response.body())) for response in ours) < 60_000
    assert {urlsplit(response.url).netloc for response in responses} == {urlsplit(page.url).netloc}


@pytest.mark.parametrize("script", [True, False])
def test_a_schedule_is_paused_explained_filled_and_resumed(open_page: Open, session: str, script: bool) -> None:
    make_schedules()
    page = open_page("/ops/", session=session, script=script)
    page.get_by_role("link", name="daily-session-cleanup").click()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="It waits to be resumed")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("waits for its next tick")
    expect(page.get_by_text("no → yes")).to_be_visible()

    page.get_by_label("At", exact=True).fill("2026-03-04T12:00Z")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("It was not due at 2026-03-04 12:00:00 UTC.")).to_be_visible()
    page.get_by_role("link", name="The schedule", exact=True).click()

    page.get_by_label("From", exact=True).fill("2026-03-01")
    page.get_by_label("To", exact=True).fill("2026-03-03")
    page.get_by_role("button", name="Show what would run").click()
    expect(page.get_by_role("heading", name="2 ticks")).to_be_visible()
    page.get_by_role("button", name="Run all 2").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("2 runs were queued")
    assert JobRun.objects.filter(trigger="backfill").count() == 2


@pytest.mark.parametrize("script", [True, False])
def test_a_run_is_cancelled_only_after_it_was_asked_whether(open_page: Open, session: str, script: bool) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING)
    page = open_page(f"/ops/runs/{run.pk}/", session=session, script=script)

    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Let it go on").click()
    assert JobRun.objects.get(pk=run.pk).cancel_requested_at is None
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel the run").click()

    expect(page.get_by_text("It has been asked to stop, by ada.")).to_be_visible()
    assert JobRun.objects.get(pk=run.pk).cancelled_by == "ada"


def test_what_a_run_logs_comes_without_a_reload(open_page: Open, session: str) -> None:
    make_schedules()
    run = make_run(state=JobRun.State.RUNNING)
    page = open_page(f"/ops/runs/{run.pk}/", session=session)
    expect(page.get_by_text("It has logged nothing yet.")).to_be_visible()
    page.evaluate("window.same = true")

    make_lines(run)

    expect(page.get_by_text("429: asked to wait 30 s").first).to_be_visible()
    assert page.evaluate("window.same") is True
