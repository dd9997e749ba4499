"""What axe finds on a page: rules of WCAG 2.2 A and AA, and good practice."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def faults(page: Page) -> list[str]:
    """A line for every node that breaks a rule: the rule, what it asks, where. Empty when axe finds nothing."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]
