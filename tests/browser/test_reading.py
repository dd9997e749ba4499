"""The pages of books and screen works as readers see them, and the style guide."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.conftest import Open
from tests.integration.web.samples import (
    adapt,
    make_dracula,
    make_family,
    make_screen_work,
    make_thing,
    make_work,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Keep = Callable[[Page, str], Path]
LONG = "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: Who Lived Eight and Twenty Years"
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
    make_work("吾輩は猫である", author="夏目漱石", language="ja", form="novel", year=1906, slug="cat", original_title="吾輩ハ猫デアル")
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


def wide(page: Page) -> bool:
    """Whether something makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def settle(page: Page) -> None:
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_page_fits_and_is_accessible(
    open_page: Open, picture: Keep, session: str, width: int, dark: bool
) -> None:
    faults: list[str] = []
    for name, address in everything().items():
        page = open_page(address, session=session, width=width, dark=dark)
        settle(page)
        if width != 320:
            picture(page, f"reading-{name}-{width}-{'night' if dark else 'day'}")
        faults += [f"{name} is too wide at {width}"] if wide(page) else []
        faults += [f"{name}: {words} runs out of its cover" for words in page.evaluate(OVERFLOWING)]
        faults += [f"{name}: {words} runs into the line before" for words in page.evaluate(COLLIDING)]
        if width != 320:
            found = Axe().run(page)
            faults += [f"{name}: {found.generate_report()}"] if found.violations_count else []
        page.close()

    assert faults == []
