"""The family timeline as people meet it: by eye, by keyboard, by ear, on every width and in both themes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.looks import CONTRAST, DAY, HEIGHT, NIGHT, Look, look_over, picture
from tests.browser.timeline_pages import FAMILIES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.timeline_pages"),
]

WIDTHS = [320, 390, 768, 1280]
DRAWN = 1280

# Pairs of texts whose boxes meet; the labels of the drawing or the entries of the list, whichever is shown.
MEETING = """() => {
  const shown = [...document.querySelectorAll(
      ".timeline-label, .timeline-tick, .timeline-source, .timeline-entry > *, .timeline-years")]
    .filter((element) => element.checkVisibility())
    .map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const box = element instanceof SVGElement ? element.getBoundingClientRect() : range.getBoundingClientRect();
      return [element.textContent.trim(), box];
    });
  const faults = [];
  shown.forEach(([text, a], n) => shown.slice(n + 1).forEach(([other, b]) => {
    const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (over > 0.5 && down > 3) faults.push(`${text} | ${other}`);
  }));
  return { faults, count: shown.length };
}"""

# What reaches beyond the page, and labels wider than the layout reckoned with.
BEYOND = """() => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`page ${document.documentElement.scrollWidth}`);
  for (const text of document.querySelectorAll(".timeline-label, .timeline-tick, .timeline-source")) {
    if (!text.checkVisibility()) continue;
    const box = text.getBoundingClientRect(), ground = text.ownerSVGElement.getBoundingClientRect();
    if (box.left < ground.left - 1 || box.right > ground.right + 1) faults.push(text.textContent);
  }
  for (const member of document.querySelectorAll(".timeline-member")) {
    if (!member.checkVisibility()) continue;
    const text = member.querySelector("text").getBoundingClientRect();
    const room = member.querySelector("rect.timeline-hit").getBoundingClientRect();
    if (text.width > room.width + 1) faults.push(`${text.width} > ${room.width} ${member.textContent.trim()}`);
  }
  return faults;
}"""


def open_family(open_page: Open, name: str, **how: Any) -> Page:
    page = open_page(f"/family/{name}/", **how)
    page.evaluate("document.fonts.ready.then(() => true)")
    return page


def test_no_two_labels_meet_and_nothing_overflows(open_page: Open) -> None:
    page = open_page("/family/none/")
    for name, (_, members) in FAMILIES.items():
        page.goto(f"/family/{name}/")
        page.evaluate("document.fonts.ready.then(() => true)")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = page.evaluate(MEETING)
            assert found["faults"] == [], (name, width)
            assert page.evaluate(BEYOND) == [], (name, width)
            assert found["count"] >= sum(member.year is not None for member in members), (name, width)
            picture(page, f"timeline-{name}-{width}-day")


def test_with_its_table_open_it_can_be_read_and_axe_finds_nothing(open_page: Open) -> None:
    found = []
    page = open_page("/family/none/")
    for name in ["dracula", "crowd", "scripts", "undated", "none"]:
        page.goto(f"/family/{name}/")
        if FAMILIES[name][1]:
            page.locator("details.timeline-table > summary").click()
        found += look_over(page, f"timeline-{name}-table", (*DAY, Look(768, axe=True), *NIGHT))
    assert found == []


@pytest.mark.parametrize("width", [390, DRAWN])
def test_the_keyboard_goes_through_the_years_and_through_each_member_once(open_page: Open, width: int) -> None:
    page = open_family(open_page, "dracula", width=width)
    _, members = FAMILIES["dracula"]
    dated = sorted((member for member in members if member.year is not None), key=lambda member: member.year or 0)
    page.locator("#family").evaluate("element => { element.tabIndex = -1; element.focus(); }")

    visited = []
    for _ in range(len(members)):
        page.keyboard.press("Tab")
        visited.append(page.evaluate("document.activeElement.getAttribute('href')"))
    years = {member.address: member.year for member in dated}
    assert [years.get(address) for address in visited[:-1]] == [member.year for member in dated]
    assert sorted(visited) == sorted(member.address for member in members)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.parametrize("width", [390, DRAWN])
def test_each_member_is_one_link_by_its_whole_name_for_those_who_listen(open_page: Open, width: int) -> None:
    page = open_family(open_page, "scripts", width=width)
    whole = "A Very Long Title of One Hundred and Twenty Characters, Which Is What the Longest"
    expect(page.get_by_role("link", name=whole)).to_have_count(1)
    section = page.get_by_role("region", name="The family")
    expect(section.get_by_role("link")).to_have_count(len(FAMILIES["scripts"][1]))


def test_the_drawing_says_in_words_what_its_places_say(open_page: Open) -> None:
    page = open_family(open_page, "dracula")
    name = "Nosferatu the Vampyre, 1979, Film, remake of Nosferatu, 1922, 82 years after the book"
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(1)
    drawing = page.get_by_role("group", name="Dracula and what the screen made of it, from 1922 to 2024")
    expect(drawing).to_be_visible()


def test_a_member_in_focus_shows_its_way_back_to_the_axis(open_page: Open) -> None:
    page = open_family(open_page, "dracula")
    link = page.locator('.timeline-drawing a[href="/screen/nosferatu-2024/"]')
    opacity = "element => getComputedStyle(element.querySelector('.timeline-trail')).strokeOpacity"
    assert link.evaluate(opacity) == "0"
    page.keyboard.press("Tab")
    link.focus()
    assert link.evaluate(opacity) == "1"
    picture(page, "timeline-dracula-1280-focus")


def test_a_click_on_a_label_leads_to_its_page(open_page: Open) -> None:
    page = open_family(open_page, "dracula", script=False)
    page.locator('.timeline-drawing a[href="/screen/coppola/"] text').click()
    expect(page).to_have_url(re.compile(r"/screen/coppola/$"))


def test_the_table_has_everybody_with_the_years_after_the_book(open_page: Open) -> None:
    page = open_family(open_page, "dracula")
    page.get_by_text("As a table").click()
    rows = page.locator(".timeline-table tbody tr")
    expect(rows).to_have_count(len(FAMILIES["dracula"][1]) + 1)
    expect(rows.nth(0)).to_contain_text("The book")
    expect(rows.nth(1).locator("td, th")).to_have_text(["1922", "Nosferatu", "Film", "loosely based on", "25"])
    expect(rows.last).to_contain_text("not known")


def test_an_empty_family_says_so_and_what_will_change_it(open_page: Open) -> None:
    page = open_family(open_page, "none")
    expect(page.get_by_text("No film or series made from this book is known yet.")).to_be_visible()
    expect(page.locator(".timeline-drawing, .timeline-list, .timeline-table")).to_have_count(0)


def test_on_paper_the_family_is_dark_on_light(open_page: Open) -> None:
    page = open_family(open_page, "dracula", width=718)
    page.emulate_media(media="print")
    assert page.evaluate(CONTRAST) == []
    picture(page, "timeline-dracula-print")
