"""docs/api.md names every address, parameter, limit and kind of problem that there is, and none that is gone."""

import re
from datetime import timedelta
from pathlib import Path

from django.conf import LazySettings, settings

from adaptapedia.api import lifetimes, problems
from adaptapedia.api.schema import operations, whole_schema

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_every_address_of_the_schema_is_told_and_none_that_is_gone() -> None:
    told = re.findall(r"^\| `(/api/v1/[^`]*)`", section("Addresses"), re.MULTILINE)
    assert sorted(told) == sorted(whole_schema()["paths"])


def test_every_parameter_is_told() -> None:
    named = set(re.findall(r"`([a-z_]+)`", PAGE))
    taken = {
        parameter["name"]
        for operation in operations(whole_schema())
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    }
    assert taken - named - {"cursor"} == set()


def test_every_kind_of_problem_is_told_with_its_status_and_none_that_is_gone() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|$", section("Problems"), re.MULTILINE)
    assert told == [(kind.name, str(kind.status)) for kind in problems.KINDS.values()]


def test_the_lifetimes_of_tokens_are_those_of_the_settings() -> None:
    told = f"Access tokens live for {lifetimes.of_access_tokens()}, refresh tokens for {lifetimes.of_refresh_tokens()}."
    assert told in section("Tokens")


def test_lifetimes_follow_the_settings_wherever_they_are_told(settings: LazySettings) -> None:
    given = {"ACCESS_TOKEN_LIFETIME": timedelta(minutes=1), "REFRESH_TOKEN_LIFETIME": timedelta(days=2)}
    settings.SIMPLE_JWT = {**settings.SIMPLE_JWT, **given}
    assert "live for 1 minute and refresh tokens for 2 days" in str(problems.TOKEN_EXPIRED.meaning)


def test_the_limits_are_those_of_the_settings() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section("Limits").splitlines()]
    for row in (row for row in rows if len(row) == 4 and "`API_" in row[3]):
        count, window = re.findall(r"`(API_[A-Z_]+)`", row[3])
        told = [int(row[1].replace(",", "")), int(row[2].removesuffix(" s"))]
        assert told == [getattr(settings, count), getattr(settings, window)]
