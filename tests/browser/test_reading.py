"""The pages of books and screen works as readers see them, and the style guide."""

import gzip

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looks import look_over, overflow, picture
from tests.integration.web.samples import (
    adapt,
    make_dracula,
    make_family,
    make_screen_work,
    make_thing,
    make_work,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = (
    "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: Who Lived Eight and Twenty Years"
)
UNBROKEN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 2

OVERFLOWING = """() => [...document.querySelectorAll('svg.cover, svg.title-card')].flatMap(svg =>
    [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBBox()])
        .filter(([, box]) => box.x < 0 || box.x + box.width > 200 || box.y < 0 || box.y + box.height > 300)
        .map(([words, box]) => `${words}: ${box.x} ${box.y} ${box.width} ${box.height}`))"""
COLLIDING = """() => [...document.querySelectorAll('svg.cover, svg.title-card')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBBox()])
    return boxes.slice(1).filter(([, box], place) => {
        const before = boxes[place][1]
        return Math.min(box.y + box.height, before.y + before.height) - Math.max(box.y, before.y) > 0.45 * box.height
    }).map(([words]) => words)})"""


def everything() -> dict[str, str]:
    """Rows for each kind of page, and the addresses by a short name."""
    make_dracula()
    make_thing()
    crusoe = make_work(LONG, author="Daniel Defoe", form="novel", year=1719, slug="crusoe")
    adapt(make_screen_work(UNBROKEN, kind="series", year=1964, end_year=1965, slug="unbroken"), crusoe)
    make_work(
        "吾輩は猫である",
        author="夏目漱石",
        language="ja",
        form="novel",
        year=1906,
        slug="cat",
        original_title="吾輩ハ猫デアル",
    )
    nights = make_work("ألف ليلة وليلة", language="ar", form="literary_work", slug="nights")
    adapt(make_screen_work("ألف ليلة وليلة", language="ar", year=1941, slug="nights-1941"), nights)
    return {
        "book": "/book/dracula/",
        "book-long": "/book/crusoe/",
        "book-japanese": "/book/cat/",
        "book-arabic": "/book/nights/",
        "screen": "/screen/nosferatu/",
        "screen-remake": "/screen/the-thing/",
        "screen-long": "/screen/unbroken/",
        "missing-book": "/book/nosferatu/",
        "styleguide": "/styleguide/",
    }


def test_every_page_fits_and_is_accessible(open_page: Open, session: str) -> None:
    faults: list[str] = []
    addresses = everything()
    page = open_page("/healthz", session=session)
    for name, address in addresses.items():
        page.goto(address)
        faults += look_over(page, f"reading-{name}")
        faults += [f"{name}: {words} runs out of its cover" for words in page.evaluate(OVERFLOWING)]
        faults += [f"{name}: {words} runs into the line before" for words in page.evaluate(COLLIDING)]
    assert faults == []


def test_a_reader_goes_from_book_to_film_and_back_without_scripts(open_page: Open) -> None:
    make_dracula()

    page = open_page("/book/dracula/", script=False)
    page.locator(".cards").get_by_role("link", name="Nosferatu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nosferatu")
    page.get_by_role("navigation", name="You are here").get_by_role("link", name="Dracula").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dracula")


def test_the_keyboard_reaches_the_content_first(open_page: Open) -> None:
    make_dracula()

    page = open_page("/book/dracula/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_chosen_light_is_there_before_anything_is_painted(open_page: Open) -> None:
    make_dracula()

    page = open_page("/book/dracula/", script=False)
    page.get_by_role("button", name="night").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(25, 23, 19)")
    page.get_by_role("button", name="as the system").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(247, 243, 234)")


def test_the_content_policy_has_nothing_to_say(open_page: Open) -> None:
    """The data block is data, the drawings carry no styles: the browser reports no violation."""
    make_dracula()

    page = open_page("/book/dracula/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for address in ("/book/dracula/", "/screen/nosferatu/"):
        page.goto(address)
        expect(page.locator('script[type="application/ld+json"]')).to_have_count(1)
    assert said == []


def test_a_book_with_fifty_five_films_fits_a_phone(open_page: Open) -> None:
    make_family(55)

    page = open_page("/book/hamlet/", width=390)
    page.evaluate("document.fonts.ready.then(() => true)")
    picture(page, "reading-book-of-55-390-day")
    expect(page.locator(".title-card")).to_have_count(55)
    assert overflow(page) == 0


def test_what_we_send_is_under_60_kb(open_page: Open) -> None:
    """Our own CSS and scripts of a page, each compressed as the server would send it, fonts apart."""
    make_dracula()

    page = open_page("/")
    sent: dict[str, bytes] = {}
    page.on(
        "response",
        lambda response: (
            sent.update({response.url: response.body()})
            if response.request.resource_type in {"stylesheet", "script"}
            else None
        ),
    )
    page.goto("/book/dracula/")
    page.wait_for_load_state("networkidle")
    assert sum(len(gzip.compress(body)) for body in sent.values()) < 60_000
    assert len(sent) > 5
