"""The ways into the catalogue as people see them: home, search, statistics, about, faults, maintenance."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from adaptapedia.catalogue import search
from adaptapedia.catalogue.highlights import MOST_ADAPTED_KEY, anniversaries_key
from adaptapedia.catalogue.models import DailyStatistics
from adaptapedia.catalogue.queries import FIGURES_KEY
from adaptapedia.catalogue.statistics import CACHE_KEY, count_spread, keep_figures, keep_spread
from adaptapedia.local.processes import wait_until
from adaptapedia.web.maintenance import KEY, begin_maintenance
from tests.browser.conftest import Open
from tests.browser.looks import faults, look_over, picture
from tests.integration.web.shelf import make_shelf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "home": "/",
    "search": "/search/?q=dracula",
    "search-alike": "/search/?q=drakula",
    "search-nothing": "/search/?q=zzyzx",
    "search-empty": "/search/",
    "search-fault": "/search/?q=dracula&page=abc&decade=12",
    "statistics": "/statistics/",
    "about": "/about/",
    "sources": "/about/sources/",
    "missing": "/book/the-great-gatsbi/",
}


@pytest.fixture(autouse=True)
def full_house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PATIENCE", 20_000)
    cache.delete_many([KEY, FIGURES_KEY, MOST_ADAPTED_KEY, anniversaries_key(timezone.localdate().year)])
    make_shelf()
    today = timezone.now().date()
    for ago in reversed(range(60)):
        if ago not in (12, 13, 20):
            keep_figures(
                {
                    "works": 7_737 - 9 * ago,
                    "screen_works": 9_120 - 11 * ago - ago % 7,
                    "adaptations": 9_480 - 12 * ago,
                    "films": 8_002,
                    "television": 1_051,
                    "users": 12,
                    "users_active_30_days": 3,
                },
                day=today - timedelta(days=ago),
            )
    keep_spread(count_spread())


def test_from_home_through_search_to_the_link_of_an_entry(open_page: Open) -> None:
    page = open_page("/")
    page.get_by_role("main").get_by_role("searchbox").fill("drakula")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=drakula$"))
    expect(page.get_by_text("These are spelt alike:")).to_be_visible()
    expect(page.locator(".hit-title").first).to_have_attribute("href", "/book/dracula/")


def test_results_come_while_typing_and_the_address_follows(open_page: Open) -> None:
    page = open_page("/search/")
    page.evaluate("window.same = true")
    page.locator("#q").press_sequentially("rashomon")
    expect(page.locator(".hit-title")).to_have_count(1)
    expect(page.locator(".hit-title")).to_have_attribute("href", "/screen/rashomon/")
    assert "q=rashomon" in page.url
    page.get_by_role("radio", name="books").check()
    expect(page.locator("#found").get_by_text("Nothing here is called")).to_be_visible()
    assert page.evaluate("window.same") is True


@pytest.mark.parametrize("fault", ["cut", "500", "503"])
def test_a_search_without_an_answer_says_so_until_one_comes(open_page: Open, fault: str) -> None:
    page = open_page("/search/?q=dracula")
    expect(page.get_by_text("No answer came.")).to_be_hidden()

    def refuse(route: Route) -> None:
        if fault == "cut":
            route.abort("internetdisconnected")
        else:
            route.fulfill(status=int(fault), body="")

    page.route("**/search/?*", refuse)
    page.locator("#q").fill("rashomon")
    expect(page.locator("#unanswered")).to_contain_text("What stands below was found before.")
    expect(page.locator("#said")).to_contain_text("No answer came.")
    expect(page.locator(".hit-title").first).to_have_attribute("href", "/book/dracula/")
    picture(page, f"finding-unanswered-{fault}")
    assert faults(page, colours=True) == []

    page.unroute("**/search/?*")
    page.get_by_role("button", name="Search again").click()
    expect(page).to_have_url(re.compile(r"/search/\?q=rashomon$"))
    expect(page.locator(".hit-title")).to_have_attribute("href", "/screen/rashomon/")
    expect(page.locator("#unanswered")).to_be_hidden()


def test_what_was_found_is_said_where_it_was_listened_for_before(open_page: Open) -> None:
    page = open_page("/search/")
    page.evaluate("window.said = document.getElementById('said')")
    page.locator("#q").fill("rashomon")
    expect(page.locator("#said")).to_have_text("One entry.")
    page.locator("#q").fill("zzyzx")
    expect(page.locator("#said")).to_contain_text("Nothing here is called")
    assert page.evaluate("window.said === document.getElementById('said')")
    assert page.url.endswith("/search/?q=zzyzx")


def test_without_script_a_plain_form_does_the_same(open_page: Open) -> None:
    page = open_page("/search/", script=False)
    page.locator("#q").fill("羅生門")
    page.locator("#decade").select_option("1950")
    page.locator("#seek").get_by_role("button").click()
    expect(page.locator(".hit-title")).to_have_attribute("href", "/screen/rashomon/")
    expect(page.locator("#decade")).to_have_value("1950")


def test_no_page_overflows_or_has_a_fault_that_axe_finds(open_page: Open) -> None:
    wrong = []
    page = open_page("/about/")
    for name, address in PAGES.items():
        page.goto(address)
        wrong += look_over(page, f"finding-{name}")
    assert wrong == []


def send_a_stale_form(page: Page) -> None:
    page.goto("/about/")
    with page.expect_navigation():
        page.evaluate(
            """() => {
                const form = document.createElement("form");
                form.method = "post";
                form.action = "/accounts/logout/";
                document.body.append(form);
                form.submit();
            }"""
        )


def status_of(page: Page) -> int:
    """Of a page asked for anew, past what the browser has kept."""
    answer = page.goto(f"/about/?{time.monotonic_ns()}")
    assert answer is not None
    return answer.status


FAULTY = {
    "400": "That was not understood.",
    "403": "Not for this account.",
    "500": "Something broke here.",
    "csrf": "The form has gone stale.",
    "maintenance": "The shelves are being moved.",
}


def test_what_went_wrong_is_told_on_a_page_like_the_others(open_page: Open, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.browser.faulty_urls"
    wrong = []
    page = open_page("/about/")
    for name, told in FAULTY.items():
        if name == "csrf":
            send_a_stale_form(page)
        elif name == "maintenance":
            begin_maintenance(message=told, until=timezone.now() + timedelta(hours=1))
            assert wait_until(lambda: status_of(page) == 503, seconds=20)
            cache.delete(KEY)
        else:
            page.goto(f"/faulty/{name}/")
        expect(page.get_by_text(told)).to_be_visible()
        wrong += look_over(page, f"fault-{name}")
    assert wrong == []
    assert wait_until(lambda: status_of(page) == 200, seconds=20), "it is over for whoever comes next"


def test_a_history_of_one_day_and_of_none(open_page: Open) -> None:
    DailyStatistics.objects.exclude(day=timezone.now().date()).delete()
    page = open_page("/statistics/")
    expect(page.get_by_text("One day so far")).to_be_visible()
    picture(page, "finding-statistics-one-day")
    DailyStatistics.objects.all().delete()
    cache.delete(CACHE_KEY)
    page.reload()
    expect(page.get_by_text("There is no history yet.")).to_be_visible()
    picture(page, "finding-statistics-no-day")
