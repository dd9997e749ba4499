"""The browser of tests and pictures."""

import shutil
from pathlib import Path

# The headless shell is the same engine without the browser's own windows: a page opens in a quarter of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_chromium() -> Path | None:
    """The path of a Chromium or Chrome on this machine."""
    found = filter(None, map(shutil.which, NAMES))
    return next(map(Path, found), None)
