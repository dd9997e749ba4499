"""The starter catalogue's tables are what they promise."""

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from adaptapedia.catalogue.models import ScreenWork, Work
from adaptapedia.ingest.starter.facts import starter_facts
from adaptapedia.kit.text import clean
from adaptapedia.sources.wikidata.languages import LANGUAGES

TABLES = ("people", "works", "screen_works")
OLDER_THAN_WIKIDATA_TELLS = {"grc", "sa", "wo"}


def lines(table: str) -> list[dict[str, str]]:
    text = files("adaptapedia.ingest.starter").joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))


def test_there_are_enough_works_and_screen_works_of_many_kinds_languages_and_decades() -> None:
    works, screen_works = lines("works"), lines("screen_works")
    assert len(works) >= 170
    assert len(screen_works) >= 240
    assert {line["kind"] for line in screen_works} >= {"film", "short", "series", "miniseries", "television_film"}
    assert {line["form"] for line in works} >= {"novel", "novella", "short_story", "play", "poem", "comic", "manga"}
    assert len({line["language"] for line in works}) >= 25
    assert len({int(line["year"]) // 10 for line in screen_works}) >= 11


def test_every_item_is_there_once() -> None:
    qids = [line["qid"] for table in TABLES for line in lines(table)]
    assert [qid for qid, number in Counter(qids).items() if number > 1] == []
    assert [qid for qid in qids if not re.fullmatch(r"Q[1-9]\d*", qid)] == []


def test_nobody_has_two_items() -> None:
    assert [name for name, number in Counter(line["name"] for line in lines("people")).items() if number > 1] == []


def test_everybody_listed_is_credited() -> None:
    credited = {
        name.strip()
        for table, columns in (("works", ["authors"]), ("screen_works", ["directors", "creators"]))
        for line in lines(table)
        for column in columns
        for name in line[column].split(";")
    }
    assert {line["name"] for line in lines("people")} - credited == set()


def test_every_adaptation_has_both_sides_and_every_entry_has_an_adaptation() -> None:
    works, on_screen = ({line["qid"] for line in lines(table)} for table in ("works", "screen_works"))
    pairs = [(line["qid"], source) for line in lines("screen_works") for source in line["made_from"].split()]
    assert [pair for pair in pairs if pair[1] not in works | on_screen or pair[0] == pair[1]] == []
    assert len(pairs) == len(set(pairs))
    assert works | on_screen == {qid for pair in pairs for qid in pair}


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("works", "form", set(Work.Form.values)),
        ("screen_works", "kind", set(ScreenWork.Kind.values) - {ScreenWork.Kind.OTHER}),
        ("works", "language", {*LANGUAGES.values()} | OLDER_THAN_WIKIDATA_TELLS),
        ("screen_works", "language", {*LANGUAGES.values()} | OLDER_THAN_WIKIDATA_TELLS),
    ],
)
def test_forms_kinds_and_languages_are_such_as_the_catalogue_knows(table: str, column: str, allowed: set[str]) -> None:
    assert {line[column] for line in lines(table)} - allowed == set()


def test_years_are_plausible_and_no_adaptation_is_older_than_what_it_is_made_from() -> None:
    year_of = {line["qid"]: int(line["year"]) for name in TABLES[1:] for line in lines(name) if line["year"]}
    screen_works = lines("screen_works")
    this_year = datetime.now(tz=UTC).year
    assert all(1888 <= year_of[line["qid"]] <= this_year for line in screen_works)
    assert all(-800 <= year <= this_year for year in year_of.values())
    assert all(int(line["end_year"]) >= year_of[line["qid"]] for line in screen_works if line["end_year"])
    too_early = [
        line["title"]
        for line in screen_works
        for source in line["made_from"].split()
        if year_of.get(source, -800) > year_of[line["qid"]]
    ]
    assert too_early == []


def test_every_value_is_clean_and_every_line_has_a_title_and_credits_what_it_can() -> None:
    for table in TABLES:
        for line in lines(table):
            assert None not in line, f"a comma too many: {line}"
            assert all(value == clean(value) for value in line.values()), line
            assert all([line.get("title", "named"), line.get("name", "titled")]), line
            assert line.get("original_title") != line.get("title", "")


def test_the_tables_are_sorted_for_people_who_look_for_something() -> None:
    """By the title without its article, as a reader of the file would look for it."""
    for table in TABLES[1:]:
        titles = [re.sub(r"^(the|an?) ", "", line["title"].lower()) for line in lines(table)]
        plain = [title for title in titles if title.isascii()]
        assert plain == sorted(plain)


def test_the_facts_are_what_the_tables_say() -> None:
    facts = starter_facts()
    assert [len(facts.people), len(facts.works), len(facts.screen_works)] == [len(lines(table)) for table in TABLES]
    dracula, form = next((item, form) for item, form in facts.works if item.qid == 41542)
    assert (dracula.label.text if dracula.label else "", dracula.published, form) == ("Dracula", 1897, "novel")
    assert dracula.authors == (36184,)
    assert (151895, 41542, False) in facts.pairs
    assert any(pair.is_remake for pair in facts.pairs)
    for row in facts.credits_by_name:
        assert row.person_id is None
        assert row.name
