"""Every kind of trouble has its page in the runbook, linked from its list, and no page is of a kind that is gone."""

import re

import pytest

from adaptapedia.home import CHECKOUT
from adaptapedia.scheduling.watchdog.alerts import runbook_of
from adaptapedia.scheduling.watchdog.judging import Kind

RUNBOOK = CHECKOUT / "docs" / "runbook"


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_its_page_where_alerts_say_with_what_it_means_to_look_at_and_to_do(kind: Kind) -> None:
    page = (CHECKOUT / runbook_of(kind)).read_text()
    assert page.startswith(f"# {kind}\n")
    assert all(f"**{part}**" in page for part in ("It means", "Look at", "Do"))


def test_the_list_names_each_kind_once_and_none_that_is_gone() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\) \|", (RUNBOOK / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(Kind)
    assert sorted(path.stem for path in RUNBOOK.glob("[!R]*.md")) == sorted(Kind)
