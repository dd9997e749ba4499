"""Takes the README's pictures from an installation that runs.

python -m tests.browser.picture http://127.0.0.1:8000 docs
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS

Light = Literal["light", "dark"]
PICTURES: dict[str, tuple[str, Light]] = {
    "home": ("/", "light"),
    "book": ("/book/dracula/", "light"),
    "screen": ("/screen/nosferatu/", "dark"),
}


def take(address: str, folder: Path) -> None:
    """Keep the first screenful of each page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name, (path, light) in PICTURES.items():
            page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 960}, color_scheme=light)
            page.goto(path)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    address, folder = sys.argv[1:]
    take(address, Path(folder))
