"""One tick the whole way: schedule row → beat → worker → Wikidata → catalogue → its run on /ops/ in a browser."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from playwright.sync_api import expect

from adaptapedia.catalogue.freshness import last_wikidata_reading
from adaptapedia.catalogue.models import Adaptation, Person, Work
from adaptapedia.scheduling.models import JobRun
from adaptapedia.scheduling.sync import sync_schedules
from tests.browser.conftest import Open
from tests.library import INGESTION, PEOPLE, counts, library
from tests.processes import Processes
from tests.upstreams.wikidata import FaultProxy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAIRS = 30
ENOUGH = 25
"""Seconds before a tick in which beat has seen the new rule and the page that shows it has been looked at."""


def due_at_the_next_minute(name: str) -> datetime:
    """Change the schedule's rule as its form in the admin does; the due time, in UTC."""
    if (left := 60 - timezone.now().second) < ENOUGH:
        time.sleep(left)
    due_at = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    rule = CrontabSchedule.objects.create(minute=str(due_at.minute), hour=str(due_at.hour), timezone="UTC")
    schedule = PeriodicTask.objects.get(name=name)
    schedule.crontab = rule
    schedule.full_clean()
    schedule.save()
    return due_at


def test_a_tick_becomes_a_catalogue_before_the_operators_eyes(
    celery_processes: Processes, open_page: Open, session: str, serve_wikidata: Callable[[str], FaultProxy]
) -> None:
    wikidata = serve_wikidata(library(PAIRS))
    wikidata.hold("VALUES ?item")
    celery_processes.environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.ingestion_settings",
        "WIKIDATA_SPARQL_ENDPOINT": wikidata.url,
    }
    sync_schedules()
    worker, beat = celery_processes.start_worker("long"), celery_processes.start_beat()

    due_at = due_at_the_next_minute(INGESTION)
    page = open_page("/ops/", session=session)
    page.evaluate("window.same = true")
    scheduled = page.locator(".programme > li").filter(has_text=INGESTION)
    expect(scheduled).to_contain_text(f"{due_at:%H:%M} UTC")
    expect(scheduled).to_contain_text("No run yet")

    wikidata.wait_until_held(timeout=90)
    on_now = page.locator(".frame").get_by_role("link", name=INGESTION)
    expect(on_now).to_be_visible(timeout=60_000)  # a page on which nothing runs looks each 15 s
    assert page.evaluate("window.same") is True
    on_now.click()

    expect(page).to_have_url(re.compile(r"/ops/runs/\d+/$"))
    page.evaluate("window.same = true")
    expect(page.get_by_role("heading", name="Running")).to_be_visible()
    expect(page.locator("progress")).to_have_attribute("max", str(2 * PAIRS))
    expect(page.get_by_text("reading works and screen works")).to_be_visible()

    wikidata.release()
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible(timeout=60_000)
    figures = page.get_by_role("table", name="by kind")
    expect(figures.get_by_role("row", name="adaptations")).to_have_text(re.compile(rf"adaptations\s*{PAIRS}\s*0\s*0"))
    expect(figures.get_by_role("row", name="people")).to_have_text(re.compile(rf"people\s*{PEOPLE}\s*0\s*0"))
    assert page.evaluate("window.same") is True

    run = JobRun.objects.get(schedule_name=INGESTION)
    story = f"{beat.output[-2000:]}\n{worker.output[-4000:]}"
    assert (run.trigger, run.due_at, run.attempt) == (JobRun.Trigger.TICK, due_at, 1), story
    assert run.counts == counts("created", PAIRS, read_from=wikidata.url)
    assert run.started_at is not None
    assert timedelta() <= run.started_at - due_at < timedelta(seconds=20), story
    assert cache.get("last_wikidata_ingestion")["stats"] == run.counts
    read = last_wikidata_reading()
    assert read is not None
    assert read >= run.started_at
    assert (Adaptation.objects.count(), Work.objects.count(), Person.objects.count()) == (PAIRS, PAIRS, PEOPLE)
    assert Adaptation.objects.filter(work__title="Story 7", screen_work__year=1950, work__year=1902).count() == 1
