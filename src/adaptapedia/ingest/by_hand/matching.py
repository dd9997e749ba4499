"""What the rows of a file mean in the catalogue: by item, then by external ids, never by title alone.

Rows are staged in temporary tables, so that a file of any length takes no memory; everything here is
one statement for all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter

from adaptapedia.ingest.by_hand.columns import Fault, PairOfFile, Side
from adaptapedia.ingest.merging import SCREEN_WORK, WORK, Kind
from adaptapedia.ingest.sql import batches, execute, scalar, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.kit.text import fold, sort_key

KINDS = (WORK, SCREEN_WORK)
BATCH = 1_000
"""Rows that are held at a time of what is told."""
SIDES = (
    *("line", "side", "kind", "item", "title", "original_title", "language", "year", "end_year", "what", "ids"),
    *("names", "folded", "folded_names", "sort_keys", "by_title", "key", "entry_id", "claimants"),
)
ENTITIES = (
    *("kind", "key", "line", "side", "entry_id", "item", "title", "original_title", "language", "year", "end_year"),
    *("what", "names", "folded", "folded_names", "sort_keys", "ids"),
)
TYPES = {
    **dict.fromkeys(("item", "entry_id", "claimants"), "bigint"),
    **dict.fromkeys(("line", "year", "end_year"), "integer"),
    "ids": "text[]",
}
OTHERWISE = {
    "item": "side || '_item'",
    "title": "side || '_title'",
    "original_title": "side || '_original_title'",
    "language": "side || '_language'",
    "year": "side || '_year'",
    "end_year": "side || '_end_year'",
    "what": "CASE side WHEN 'screen' THEN 'screen_kind' ELSE 'source_form' END",
    "names": "CASE side WHEN 'screen' THEN 'screen_directors' ELSE 'source_authors' END",
}
"""Fields in which the rows of one entry must agree, and the column that is told when they do not."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A new entry that may be one that is there: in the catalogue (`slug`), or in another line of the file."""

    line: int
    column: str
    title: str
    what: str

    @property
    def as_json(self) -> dict[str, str | int]:
        return {"line": self.line, "column": self.column, "title": self.title, "looks_like": self.what}


def stage_pairs(pairs: Iterable[PairOfFile]) -> None:
    """Stage the good rows of a file, in the caller's transaction."""
    stage("stage_file_pair", ("line", "relation"), (), types=TYPES)
    stage("stage_file_side", SIDES, _sides(pairs), types=TYPES)
    execute(
        "INSERT INTO stage_file_pair (line, relation) SELECT line, by_title FROM stage_file_side WHERE side = 'pair'",
        {},
    )
    execute("DELETE FROM stage_file_side WHERE side = 'pair'", {})
    execute("ANALYZE stage_file_side; ANALYZE stage_file_pair", {})


def _sides(pairs: Iterable[PairOfFile]) -> Iterator[tuple[object, ...]]:
    nothing = (None,) * (len(SIDES) - 2)
    for pair in pairs:
        yield _side(pair.line, "screen", SCREEN_WORK, pair.screen)
        yield _side(pair.line, "source", SCREEN_WORK if pair.is_remake else WORK, pair.source)
        # COPY fills one table at a time: the relation comes along with the sides, and is taken out afterwards.
        yield (pair.line, "pair", *nothing[:13], pair.relation, *nothing[14:])


def _side(line: int, name: str, kind: Kind, side: Side) -> tuple[object, ...]:
    folded = None if side.title is None else fold(side.title)
    folded_names = sorted(map(fold, side.names))
    keys = {sort_key(side.title, language) for language in (None, "en", side.language)} if side.title else set()
    return (
        *(line, name, kind.name, side.item, side.title, side.original_title, side.language, side.year, side.end_year),
        *(side.what, "{" + ",".join(side.ids) + "}", "\n".join(side.names), folded, "\n".join(folded_names)),
        *("\n".join(sorted(keys)), f"{folded}\n{side.year}\n" + "\n".join(folded_names), None, None, None),
    )


def match_pairs() -> None:
    """Find the entry that each side of the staged rows means, and tell which sides mean the same one."""
    for kind in KINDS:
        names = {"kind": kind.name, "table": kind.table, "owner": kind.owner, "external_ids": kind.external_ids}
        execute(statement("file_matched_by_item").format(**names), {})
        execute(statement("file_matched_by_ids").format(**names), {})
    # What the planner knows of a column is renewed when it has been filled: else it walks loops within loops.
    execute(statement("file_keyed"), {})
    stage("stage_file_entity", ENTITIES, (), types={**TYPES, "ids": "text"})
    execute(statement("file_entities"), {})
    execute("ANALYZE stage_file_entity", {})


def faults_between_rows() -> Iterator[Fault]:
    """What is wrong with rows beside others and beside the catalogue."""
    otherwise = "\n".join(
        statement("file_otherwise").format(field=field, column=column) for field, column in OTHERWISE.items()
    )
    for rows in batches(statement("file_faults").format(otherwise=otherwise), size=BATCH):
        yield from (Fault(line, column, reason, value or "") for line, column, reason, value in rows)


def look_alikes() -> Iterator[Alike]:
    """New entries with title, year and creator of one that is there, none of which an item tells apart; by line."""
    found = (*(_alike_in_catalogue(kind) for kind in KINDS), _alike_in_file())
    return merge(*found, key=attrgetter("line", "column"))


def _alike_in_file() -> Iterator[Alike]:
    for rows in batches(statement("file_twins_in_file"), size=BATCH):
        yield from (Alike(line, f"{side}_title", title, f"line {first}") for line, side, title, first in rows)


def _alike_in_catalogue(kind: Kind) -> Iterator[Alike]:
    if not kind.credits:
        return
    names = {"kind": kind.name, "table": kind.table, "credits": kind.credits, "owner": kind.owner}
    room = {"work": "/book", "screen_work": "/screen"}[kind.name]
    of_line, told = 0, set[str]()
    for rows in batches(statement("file_twins_in_catalogue").format(**names), size=BATCH):
        for line, side, title, folded, folded_names, key, _, slug, found_by, creators in rows:
            if line != of_line:
                of_line, told = line, set()
            same_title = folded == found_by or found_by.startswith(f"{folded} ") or found_by.endswith(f" {folded}")
            theirs, ours = {fold(name) for name in creators}, set(filter(None, (folded_names or "").split("\n")))
            if same_title and (theirs & ours or not theirs or not ours) and key not in told:
                told.add(key)
                yield Alike(line, f"{side}_title", title, f"{room}/{slug}/")


def count_entries(kind: Kind, *, new: bool) -> int:
    """How many entries of a kind the file means that are new, or that are there."""
    missing = "IS NULL" if new else "IS NOT NULL"
    return scalar(f"SELECT count(*) FROM stage_file_entity WHERE kind = '{kind.name}' AND entry_id {missing}")
