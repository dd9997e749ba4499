"""The starter catalogue as it is written down, as the records and rows that ingestion is made of. Pure.

Three tables beside this file, one fact a line, each with its item of Wikidata: `people.csv`,
`works.csv`, `screen_works.csv`. Titles are English as Wikidata labels them, `language` and
`original_title` are the original's; an unknown year is empty. Several names are separated by
semicolons; a name of people.csv means that person, any other is credited as a name. `made_from` names
works or, for a remake, other screen works.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adaptapedia.ingest.rows import CreditRow, PairRow
from adaptapedia.sources.wikidata.records import Item, Text

TITLES_IN = "en"

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the starter catalogue holds; works with their form, screen works with their kind."""

    people: tuple[Item, ...]
    works: tuple[tuple[Item, str], ...]
    screen_works: tuple[tuple[Item, str], ...]
    credits_by_name: tuple[CreditRow, ...]
    """Directors and creators of screen works who are known by name only; an item holds its authors' names itself."""
    pairs: tuple[PairRow, ...]


@cache
def starter_facts() -> Facts:
    """What the three tables say. Raises ValueError where a line is not what the tables promise."""
    people = {line["name"]: _qid(line["qid"]) for line in _lines("people")}
    works, screen_works = list(_lines("works")), list(_lines("screen_works"))
    on_screen = {_qid(line["qid"]) for line in screen_works}
    return Facts(
        people=tuple(Item(qid, label=Text(name, TITLES_IN)) for name, qid in people.items()),
        works=tuple((_work(line, people), line["form"]) for line in works),
        screen_works=tuple((_screen_work(line, people), line["kind"]) for line in screen_works),
        credits_by_name=tuple(row for line in screen_works for row in _credits_by_name(line, people)),
        pairs=tuple(
            PairRow(_qid(line["qid"]), source, source in on_screen)
            for line in screen_works
            for source in map(_qid, line["made_from"].split())
        ),
    )


def _lines(table: str) -> Iterator[Line]:
    text = files("adaptapedia.ingest.starter").joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _work(line: Line, people: Mapping[str, int]) -> Item:
    known, by_name = _told_apart(line["authors"], people)
    return Item(
        _qid(line["qid"]),
        label=Text(line["title"], TITLES_IN),
        original_title=_original_title(line),
        published=_year(line["year"]),
        language=line["language"],
        authors=known,
        author_names=by_name,
    )


def _screen_work(line: Line, people: Mapping[str, int]) -> Item:
    return Item(
        _qid(line["qid"]),
        label=Text(line["title"], TITLES_IN),
        original_title=_original_title(line),
        published=_year(line["year"]),
        ended=_year(line["end_year"]),
        language=line["language"],
        directors=_told_apart(line["directors"], people)[0],
        creators=_told_apart(line["creators"], people)[0],
    )


def _credits_by_name(line: Line, people: Mapping[str, int]) -> Iterator[CreditRow]:
    """After the people of the same role who have an item."""
    for role in ("director", "creator"):
        known, by_name = _told_apart(line[f"{role}s"], people)
        for position, name in enumerate(by_name, len(known)):
            yield CreditRow(_qid(line["qid"]), role, position, None, name)


def _told_apart(cell: str, people: Mapping[str, int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Those who have an item, and the names of the others."""
    names = [name.strip() for name in cell.split(";")] if cell else []
    known = tuple(people[name] for name in names if name in people)
    return known, tuple(name for name in names if name not in people)


def _original_title(line: Line) -> Text | None:
    return Text(line["original_title"], line["language"]) if line["original_title"] else None


def _qid(word: str) -> int:
    return int(word.removeprefix("Q"))


def _year(word: str) -> int | None:
    return int(word) if word else None
