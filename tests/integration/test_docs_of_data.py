"""docs/data.md tells every field of the catalogue and every column of a file, and none that is gone."""

import re
from pathlib import Path

import pytest
from django.db.models import Model

from adaptapedia.catalogue.models import (
    Adaptation,
    Entry,
    Person,
    PersonExternalId,
    ScreenCredit,
    ScreenExternalId,
    ScreenMetadata,
    ScreenWork,
    Work,
    WorkCredit,
    WorkExternalId,
    WorkMetadata,
)
from adaptapedia.ingest.by_hand.columns import COLUMNS
from adaptapedia.sources.wikidata.queries import PROPERTIES

DATA = (Path(__file__).resolve().parents[2] / "docs" / "data.md").read_text()
SHARED = "What works, screen works and people share"
NUMBER = {"id"}
"""The database's own, which means nothing outside."""

TABLES: dict[str, set[type[Model]]] = {
    "Credits": {WorkCredit, ScreenCredit},
    "External ids": {WorkExternalId, ScreenExternalId, PersonExternalId},
    "Adaptations": {Adaptation},
    "What TMDb tells of films and series": {ScreenMetadata},
    "What Open Library tells of books": {WorkMetadata},
}
ENTRIES: dict[str, type[Entry]] = {"Works": Work, "Screen works": ScreenWork, "People": Person}


def section(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    (text,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", DATA, re.MULTILINE | re.DOTALL)
    return str(text)


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, without its head."""
    lines = [line.strip().strip("|") for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def told(heading: str) -> list[str]:
    return sorted(name for row in rows(heading) for name in re.findall(r"`([^`]+)`", row[0]))


def fields(*models: type[Model]) -> set[str]:
    return {field.name for model in models for field in model._meta.concrete_fields} - NUMBER


@pytest.mark.parametrize("heading", TABLES)
def test_a_table_tells_each_field_once_and_none_that_is_gone(heading: str) -> None:
    assert told(heading) == sorted(fields(*TABLES[heading]))


@pytest.mark.parametrize("heading", ENTRIES)
def test_a_table_of_entries_tells_what_is_theirs_alone(heading: str) -> None:
    assert told(heading) == sorted(fields(ENTRIES[heading]) - {field.name for field in Entry._meta.fields})


def test_what_all_entries_share_is_told_once() -> None:
    assert told(SHARED) == sorted(field.name for field in Entry._meta.fields)


@pytest.mark.parametrize("heading", [*ENTRIES, "Credits", "Adaptations"])
def test_every_field_says_where_it_comes_from(heading: str) -> None:
    silent = [row[0] for row in rows(heading) if not row[1]]
    assert silent in ([], ["`work`, `screen_work`", "`source`"], ["`source`"]), "but for what says whose or whence"


def test_every_property_that_is_read_is_told_and_no_other() -> None:
    tables = "".join(section(heading) for heading in (*ENTRIES, SHARED, "Credits", "External ids", "Adaptations"))
    hung_up_by = {"P279"}
    assert set(re.findall(r"\bP\d+\b", tables)) == {*PROPERTIES} | hung_up_by


def test_the_columns_of_a_file_are_told_and_none_that_is_gone() -> None:
    assert told("Importing by hand") == sorted(COLUMNS)


@pytest.mark.parametrize("way", ["`/ops/differences/`", "`/ops/matches/`", "`adaptapedia ingest revert RUN`", "reader"])
def test_how_to_correct_something_names_every_way(way: str) -> None:
    assert way in section("How to correct something")
