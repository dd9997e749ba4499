"""The page of the API, and those of its problems, in a real browser: both widths, both themes, no fault of access."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looks import look_over, overflow
from tests.integration.api.samples import make_shelf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("address", "name"),
    [("docs/", "api"), ("problems/", "api-problems"), ("problems/token-reused/", "api-problem")],
)
def test_the_pages_of_the_api_read_well_and_load_nothing_that_is_barred(
    open_page: Open, address: str, name: str
) -> None:
    page = open_page("/api/v1/problems/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.goto(f"/api/v1/{address}")
    page.set_viewport_size({"width": 390, "height": 900})
    assert overflow(page) == 0
    for detail in page.locator("main details").all():
        detail.evaluate("node => { node.open = true }")
    assert look_over(page, name) == []
    assert said == []


def test_a_list_and_an_entry_are_tried_without_script(open_page: Open) -> None:
    shelf = make_shelf()
    page = open_page("/api/v1/docs/", script=False)
    operation = page.get_by_role("article", name="List works")
    operation.get_by_text("Parameters").click()
    operation.get_by_label("q", exact=True).fill("frank")
    operation.get_by_role("button", name="Try it").click()
    expect(page.locator("body")).to_contain_text('"title":"Frankenstein"')
    page.goto("/api/v1/docs/")
    operation = page.get_by_role("article", name="Read a work")
    operation.get_by_label("id", exact=True).fill(str(shelf.work.pk))
    operation.get_by_role("button", name="Try it").click()
    expect(page).to_have_url(f"{page.url.split('/api/')[0]}/api/v1/works/{shelf.work.pk}/")
