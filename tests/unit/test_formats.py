"""Times of day carry their zone, once, wherever they are written."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils.formats import date_format

import adaptapedia

AT = datetime(2026, 11, 23, 21, 57, tzinfo=UTC)
TEMPLATES = [*Path(adaptapedia.__file__).parent.glob("*/templates/**/*.*")]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("DATE_FORMAT", "23 November 2026"),
        ("DATETIME_FORMAT", "23 November 2026, 21:57 UTC"),
        ("SHORT_DATETIME_FORMAT", "23 Nov 2026, 21:57 UTC"),
    ],
)
def test_the_day_stands_first_and_the_zone_last(name: str, written: str) -> None:
    assert date_format(AT, name) == written


def test_no_template_names_the_zone_once_more() -> None:
    twice = re.compile(r'DATETIME_FORMAT" *}} *UTC')
    assert TEMPLATES
    assert [path.name for path in TEMPLATES if twice.search(path.read_text(encoding="utf-8"))] == []
