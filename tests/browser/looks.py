"""A page as eyes and tools see it, by day and by night, on a phone and on a desk."""

import os
from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OUTPUT = Path(__file__).resolve().parents[2] / "test-output"
WANTED = bool(os.environ.get("ADAPTAPEDIA_PICTURES"))
"""Pictures are for people: no test reads them, and they take a quarter of the time that a page is looked at."""
CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
HEIGHT = 900


class Look(NamedTuple):
    """One way to look at a page that is open; `axe` where axe looks too, by `colours` where it measures them."""

    width: int
    dark: bool = False
    axe: bool = False
    colours: bool = False
    kept: bool = True

    def __str__(self) -> str:
        return f"{self.width}-{'night' if self.dark else 'day'}"


DAY = (Look(320, kept=False), Look(390), Look(1280, axe=True, colours=True))
NIGHT = (Look(1280, dark=True), Look(390, dark=True, axe=True))
"""Both themes, both ends of the widths, and the narrowest there is.

The contrast of every text is measured by us at each look. Axe does so once, in another way, for that takes five times
as long as all its other rules; these see another page at another width only, and the same by day and by night.
"""


def picture(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page under a name, for people to look at, where they are wanted."""
    if not WANTED:
        return
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


def faults(page: Page, *, colours: bool) -> list[str]:
    """A line for every node that breaks a rule of WCAG 2.2 A or AA or of good practice, as axe finds them."""
    rules = {"color-contrast": {"enabled": colours}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """The pixels by which something makes the page scroll sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def look_over(page: Page, name: str, looks: tuple[Look, ...] = DAY + NIGHT) -> list[str]:
    """Look at the page that is open in each of these ways, keep pictures where wanted, return a line for each fault."""
    found = []
    page.evaluate("document.fonts.ready.then(() => true)")
    for look in looks:
        page.emulate_media(color_scheme="dark" if look.dark else "light")
        page.set_viewport_size({"width": look.width, "height": HEIGHT})
        if look.kept:
            picture(page, f"{name}-{look}")
        found += [f"{overflow(page)} px too wide at {look}"] if overflow(page) else []
        found += [f"contrast {line} at {look}" for line in page.evaluate(CONTRAST)]
        found += [f"{line} at {look}" for line in faults(page, colours=look.colours)] if look.axe else []
    return [f"{name}: {line}" for line in found]
