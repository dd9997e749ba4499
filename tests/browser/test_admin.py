"""The admin as people see it: in both themes, on a phone and on a desk, loading from nowhere else."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import change_slug, edit_entry
from adaptapedia.catalogue.models import Adaptation, Person, ScreenWork, Work, WorkCredit, WorkExternalId
from adaptapedia.scheduling.models import JobRun
from tests.browser.conftest import Open
from tests.browser.looks import DAY, NIGHT, Look, look_over
from tests.integration.ops.samples import make_history, make_rejects, make_run, make_schedules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_novel(run: JobRun) -> Work:
    """A novel with four screen works, an author, an id, a former address, and a title that ada has written."""
    at = timezone.now()
    stamp = {"*": ["wikidata", run.pk, at.isoformat()]}
    novel = Work.objects.create(
        wikidata_id=41542,
        slug="dracula",
        title="Dracula",
        title_language="en",
        sort_key="dracula",
        search_text="dracula",
        year=1897,
        form="novel",
        countries=[145],
        provenance=stamp,
    )
    for number, (title, year) in enumerate(
        (("Nosferatu", 1922), ("Dracula", 1931), ("نوسفيراتو", 1979), ("吸血鬼", 1992))
    ):
        film = ScreenWork.objects.create(
            wikidata_id=1000 + number,
            slug=f"film-{number}",
            title=title,
            title_language="en",
            sort_key=title.lower(),
            search_text=title.lower(),
            year=year,
            kind="film",
            provenance=stamp,
        )
        Adaptation.objects.create(screen_work=film, work=novel, source="wikidata", run_id=run.pk, first_seen_at=at)
    author = Person.objects.create(
        wikidata_id=42511,
        slug="bram-stoker",
        name="Bram Stoker",
        name_language="en",
        sort_key="bram stoker",
        search_text="bram stoker",
        provenance=stamp,
    )
    WorkCredit.objects.create(work=novel, person=author, role="author", position=0, source="wikidata")
    WorkExternalId.objects.create(work=novel, scheme="open_library", value="OL85892W", source="wikidata")
    change_slug(novel, to="dracula-1897")
    edit_entry(novel, {"original_title": "Dracula; or, The Un-Dead"}, by=User.objects.get(username="ada"))
    return novel


def everything() -> dict[str, str]:
    """Rows for the pages, and their addresses by a short name."""
    make_schedules()
    make_history()
    run = make_run(ago=timedelta(hours=26))
    make_rejects(5)
    novel = make_novel(run)
    schedule = run.schedule
    assert schedule is not None
    return {
        "overview": "/admin/",
        "works": "/admin/catalogue/work/",
        "work": f"/admin/catalogue/work/{novel.pk}/change/",
        "address": f"/admin/catalogue/work/{novel.pk}/address/",
        "unlock": f"/admin/catalogue/work/{novel.pk}/unlock/",
        "history": f"/admin/catalogue/work/{novel.pk}/history/",
        "adaptation": "/admin/catalogue/adaptation/add/",
        "schedules": "/admin/django_celery_beat/periodictask/",
        "schedule": f"/admin/django_celery_beat/periodictask/{schedule.pk}/change/",
        "rule": f"/admin/django_celery_beat/crontabschedule/{schedule.crontab_id}/change/",
        "runs": "/admin/scheduling/jobrun/",
        "run": f"/admin/scheduling/jobrun/{run.pk}/change/",
        "users": "/admin/accounts/user/",
        "user": f"/admin/accounts/user/{User.objects.get(username='ada').pk}/change/",
        "changes": "/admin/auditlog/logentry/",
    }


def watch(page: Page) -> tuple[list[str], set[str]]:
    """What the browser says against the page (a breach of its policy among it), and whom it asks."""
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    return said, asked


@pytest.mark.parametrize("looks", [DAY[1:], NIGHT], ids=["day", "night"])
def test_every_page_of_the_admin_fits_is_accessible_keeps_to_its_policy_and_asks_nobody_else(
    open_page: Open, session: str, looks: tuple[Look, ...]
) -> None:
    page = open_page("/ops/", session=session, dark=looks[0].dark)
    said, asked = watch(page)
    found: list[str] = []
    for name, address in everything().items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found += look_over(page, f"admin-{name}", looks)
    assert said == []
    assert asked - {""} == {urlsplit(page.url).netloc}
    assert not found, "\n".join(found)


def test_an_entry_is_found_edited_and_unlocked_again(open_page: Open, session: str) -> None:
    addresses = everything()
    page = open_page(addresses["works"], session=session)
    page.locator("#searchbar").fill("drac")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=drac"))
    page.get_by_role("link", name="Dracula", exact=True).click()
    page.get_by_label("Year", exact=True).fill("1898")
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("link", name="Dracula", exact=True).click()
    page.get_by_role("link", name="Unlock fields").click()
    page.get_by_label("Year").check()
    page.get_by_role("button", name="Unlock").click()

    expect(page).to_have_url(re.compile(r"/change/$"))
    expect(page.get_by_text("Upstreams may write these fields again.")).to_be_visible()
    assert set(Work.objects.get().locks) == {"original_title"}


def test_an_adaptation_is_added_by_the_words_of_its_sides(open_page: Open, session: str) -> None:
    page = open_page(everything()["adaptation"], session=session)
    for label, words, choice in (("Screen work", "nosf", "Nosferatu (1922)"), ("Work", "drac", "Dracula (1897)")):
        page.locator(f"#id_{label.lower().replace(' ', '_')} + .select2").click()
        page.locator(".select2-search__field").fill(words)
        page.get_by_role("option", name=choice).click()
    Adaptation.objects.all().delete()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was added successfully")).to_be_visible()
    assert Adaptation.objects.get().source == "person"


def test_a_schedule_is_run_from_its_page(open_page: Open, session: str) -> None:
    page = open_page(everything()["schedule"], session=session)
    page.get_by_role("link", name="Run now").click()
    page.get_by_role("button", name="Run now").click()

    expect(page.get_by_text(re.compile(r"has been asked for, as run \d+"))).to_be_visible()
    assert JobRun.objects.filter(trigger="manual").exists()
