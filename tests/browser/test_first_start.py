"""The first start, without a network, as a reader meets it: front page → search → book → screen work."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.installation import environment_of, start

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of an installation that `adaptapedia up` has just made, its upstream unreachable."""
    with tempfile.TemporaryDirectory(prefix="adaptapedia first ") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's own user must be able to walk through
        environment = environment_of(folder)
        up = start(folder, environment)
        yield f"http://localhost:{environment['PORT']}"
        up.stop()


@pytest.fixture(params=[(1280, "light", True), (390, "dark", True), (320, "light", False)], ids=str)
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme, script = request.param
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=script,
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
    yield page
    context.close()
    assert faults == []


def test_a_reader_finds_a_misspelt_book_and_follows_it_to_the_screen(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Books, and what the screen made of them.")
    expect(page.locator(".cards .card").first).to_be_visible()

    page.get_by_role("searchbox").fill("drakula")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=drakula"))

    page.get_by_role("link", name="Dracula", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/book/dracula/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Dracula")
    expect(page.locator("#family")).to_have_text("The family")

    page.locator(".cards").get_by_role("link", name="Nosferatu", exact=True).click()
    expect(page).to_have_url(re.compile(r"/screen/nosferatu"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Nosferatu")
    page.get_by_role("link", name="Dracula", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/book/dracula/$"))
