"""Takes the README's picture of /ops/ from an installation that runs.

python -m tests.browser.picture http://127.0.0.1:8000 NAME docs/ops.png    (asks for the password)
"""

import shutil
import sys
from getpass import getpass

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS


def take(address: str, name: str, password: str, path: str) -> None:
    """Sign in, wait for the overview, and keep its first screenful, at twice the density."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(
            base_url=address,
            viewport={"width": 1280, "height": 960},
            device_scale_factor=2,
            color_scheme="light",
        )
        page.goto("/ops/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        page.locator("#overview").wait_for()
        page.evaluate("document.fonts.ready")
        page.screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    address, name, path = sys.argv[1:]
    take(address, name, getpass(), path)
