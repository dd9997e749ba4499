"""The starter catalogue beside the extract of Wikidata, read line by line with no code of the project."""

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest

from tests.recount import DIRECT, ENTITY, LABEL, TRIPLE

pytestmark = pytest.mark.extract

INSTANCE_OF, PUBLISHED, STARTED, BASED_ON = (f"{DIRECT}P{number}" for number in (31, 577, 580, 144))
CREDITS = {f"{DIRECT}P57", f"{DIRECT}P50"}


@dataclass
class Facts:
    titles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    years: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    made_from: set[tuple[str, str]] = field(default_factory=set)
    screen: set[str] = field(default_factory=set)
    people_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def year(self, qid: str) -> int | None:
        """Of the first broadcast, where the item has one; else of the first publication."""
        found = self.years[qid]
        return min(found[STARTED] or found[PUBLISHED], default=None)


def lines(table: str) -> list[dict[str, str]]:
    text = files("adaptapedia.ingest.starter").joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def told(extract: Path) -> Facts:
    """What the extract says of the items of the three tables."""
    ours = {line["qid"] for table in ("works", "screen_works") for line in lines(table)}
    facts = Facts()
    with gzip.open(extract, "rt", encoding="utf-8") as triples:
        for triple in triples:
            match = TRIPLE.match(triple.rstrip("\n"))
            if match and match[1].startswith(ENTITY) and (qid := "Q" + match[1].removeprefix(ENTITY)) in ours:
                _take(facts, qid, match[2], match[3] or "", match[4] or "")
    return facts


def _take(facts: Facts, qid: str, predicate: str, item: str, literal: str) -> None:
    other = "Q" + item.removeprefix(ENTITY) if item else ""
    if predicate == LABEL:
        facts.titles[qid].add(_unescaped(literal))
    elif predicate in (PUBLISHED, STARTED):
        facts.years[qid][predicate].append(int(literal[:4]))
    elif predicate == BASED_ON:
        facts.made_from.add((qid, other))
    elif predicate == INSTANCE_OF and other in {"Q11424", "Q5398426"}:
        facts.screen.add(qid)
    elif predicate in CREDITS:
        facts.people_of[qid].add(other)


def _unescaped(literal: str) -> str:
    return literal.replace('\\"', '"').encode("latin-1", "backslashreplace").decode("unicode_escape")


def test_at_least_150_screen_works_are_in_the_extract_as_screen_works(told: Facts) -> None:
    found = {line["qid"] for line in lines("screen_works")} & told.screen & told.titles.keys()
    assert len(found) >= 150
    assert {line["qid"] for line in lines("screen_works")} - found == set(), "every item was found there"


@pytest.mark.parametrize("table", ["works", "screen_works"])
def test_titles_agree_wherever_the_extract_has_one(told: Facts, table: str) -> None:
    named = [line for line in lines(table) if told.titles[line["qid"]]]
    assert len(named) >= 150
    wrong = [line for line in named if line["title"].casefold() not in {t.casefold() for t in told.titles[line["qid"]]}]
    assert [(line["qid"], line["title"], told.titles[line["qid"]]) for line in wrong] == []


@pytest.mark.parametrize("table", ["works", "screen_works"])
def test_years_agree_wherever_the_extract_has_one(told: Facts, table: str) -> None:
    dated = [line for line in lines(table) if told.year(line["qid"]) is not None]
    assert len(dated) >= 150
    wrong = [line for line in dated if line["year"] != str(told.year(line["qid"]))]
    assert [(line["qid"], line["title"], line["year"], told.year(line["qid"])) for line in wrong] == []


def test_a_work_without_a_title_in_the_extract_is_known_by_what_was_made_from_it(told: Facts) -> None:
    ours = {line["qid"]: line["made_from"].split() for line in lines("screen_works")}
    known = {source for qid, source in told.made_from if source in ours.get(qid, [])}
    untitled = [line for line in lines("works") if not told.titles[line["qid"]]]
    assert untitled, "some have none, or this test tells nothing"
    assert [line["title"] for line in untitled if line["qid"] not in known] == []


def test_nearly_every_adaptation_is_in_the_extract_too(told: Facts) -> None:
    pairs = {(line["qid"], source) for line in lines("screen_works") for source in line["made_from"].split()}
    assert len(pairs - told.made_from) <= 5


def test_people_with_an_item_are_those_whom_the_extract_credits(told: Facts) -> None:
    """Where it names as many as we do, and all of ours have an item, they are the same."""
    item_of = {line["name"]: line["qid"] for line in lines("people")}
    compared = 0
    for table, column in (("works", "authors"), ("screen_works", "directors")):
        for line in lines(table):
            ours = {item_of.get(name.strip(), "") for name in line[column].split(";")}
            theirs = told.people_of[line["qid"]]
            if "" not in ours and len(ours) == len(theirs):
                compared += 1
                assert ours == theirs, line
    assert compared >= 300
