"""What a file says into the catalogue: new entries, what it says of known ones, pairs.

A cell that is empty says nothing. What a person has locked stands; credits are taken where an entry
has none of that role; external ids are added to those it has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adaptapedia.catalogue.derived import search_text, sort_key
from adaptapedia.ingest.by_hand.columns import UNDETERMINED
from adaptapedia.ingest.changes import Lists, execute_logged, write_fields
from adaptapedia.ingest.merging import ADAPTATION, SCREEN_WORK, WORK, Kind, create_entries
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import batches, execute, scalar, statement
from adaptapedia.ingest.staging import copy_in, stage
from adaptapedia.sources.wikidata.records import Item, Text

BATCH = 1_000
ROLES = {WORK.name: "author", SCREEN_WORK.name: "director"}
WHAT = {WORK.name: "form", SCREEN_WORK.name: "kind"}
NEW = """
    SELECT row_number() OVER (ORDER BY line, side), line, key, item, title, original_title, language, year, end_year,
        what, names, ids
    FROM stage_file_entity WHERE kind = '{kind}' AND entry_id IS NULL AND item {with_item} ORDER BY item, line, side
"""
KNOWN = """
    SELECT e.entry_id, e.item, e.title, e.original_title, e.language, e.year, e.end_year, e.what, e.names, e.ids,
        t.wikidata_id, t.title, t.original_title, t.title_language, t.year, {end_year}, t.{what}, t.locks::text,
        ARRAY(SELECT x.scheme || ':' || x.value FROM {external_ids} AS x WHERE x.{owner} = t.id),
        EXISTS (SELECT FROM {credits} AS c WHERE c.{owner} = t.id AND c.role = '{role}')
    FROM stage_file_entity AS e JOIN {table} AS t ON t.id = e.entry_id
    WHERE e.kind = '{kind}' ORDER BY e.entry_id
"""
CREATED = """
    UPDATE stage_file_entity AS e SET entry_id = c.entry_id FROM stage_file_created AS c
    WHERE e.kind = '{kind}' AND e.key = c.key
"""


@dataclass(slots=True)
class Saying:
    """What a file says of a known entry that is not so yet."""

    entry_id: int
    fields: dict[str, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    locked: int = 0
    """Values that a person's lock keeps out."""

    @property
    def is_news(self) -> bool:
        return bool(self.fields or self.ids or self.names)


def create_new(kind: Kind, *, origin: Origin) -> int:
    """Bring in the file's entries of a kind that are not there, with items first. How many."""
    stage("stage_file_created", ("key", "entry_id"), (), types={"entry_id": "bigint"})
    created = sum(_create(kind, batch, origin) for with_item in (True, False) for batch in _new(kind, with_item))
    execute(CREATED.format(kind=kind.name), {})
    return created


def update_known(kind: Kind, *, origin: Origin) -> None:
    """Write what the file says of the entries of a kind that are there."""
    for batch in _known(kind):
        news = [saying for saying in batch if saying.is_news]
        if any(saying.fields for saying in news):
            _write_values(kind, [saying for saying in news if saying.fields], origin)
        _add_lists(kind, news, origin)


def tell_known(kind: Kind) -> tuple[int, int]:
    """How many known entries the file says something new of, and how many of its values locks keep out."""
    changed = locked = 0
    for batch in _known(kind):
        changed += sum(saying.is_news for saying in batch)
        locked += sum(saying.locked for saying in batch)
    return changed, locked


def write_pairs(*, origin: Origin) -> None:
    """Tie what the file ties. A relation that is given takes the place of another, but of a person's."""
    execute("ANALYZE stage_file_entity", {})
    pairs = statement("file_pairs")
    relations = statement("file_relations").format(pairs=pairs)
    execute_logged(relations, table=ADAPTATION, origin=origin)
    execute(statement("file_adaptations").format(pairs=pairs), origin.parameters)


def count_pairs() -> dict[str, int]:
    """How many pairs are new, stand as they are, or change their relation."""
    pairs = f"SELECT count(*) FROM ({statement('file_pairs')}) AS pair WHERE "
    changed = "adaptation_id IS NOT NULL AND relation <> known_relation AND source <> 'person'"
    found = {
        "new": scalar(pairs + "adaptation_id IS NULL"),
        "known": scalar(pairs + "adaptation_id IS NOT NULL"),
        "changed": scalar(pairs + changed),
    }
    return {**found, "known": found["known"] - found["changed"]}


def _new(kind: Kind, with_item: bool) -> Iterator[list[tuple[Any, ...]]]:
    query = NEW.format(kind=kind.name, with_item="IS NOT NULL" if with_item else "IS NULL")
    return batches(query, size=BATCH)


def _create(kind: Kind, rows: Sequence[tuple[Any, ...]], origin: Origin) -> int:
    items = [(_item(row, kind), row[9] or "written_work") for row in rows]
    keys = create_entries(kind, items, digests={}, origin=origin)
    entries = {row[2]: keys[item.qid] for row, (item, _) in zip(rows, items, strict=True)}
    ids = ((entries[row[2]], *one.split(":", 1), origin.source) for row in rows for one in (row[11] or "").split())
    copy_in(kind.external_ids, (kind.owner, "scheme", "value", "source"), ids)
    credits = ((entries[row[2]], row[10].split("\n")) for row in rows if row[10])
    _copy_credits(kind, credits, origin)
    copy_in("stage_file_created", ("key", "entry_id"), entries.items())
    return len(rows)


def _item(row: tuple[Any, ...], kind: Kind) -> Item:
    number, _, _, item, title, original, language, year, end_year, *_ = row
    return Item(
        item or -number,
        label=Text(title, language or UNDETERMINED),
        original_title=Text(original, "") if original else None,
        published=year,
        ended=end_year if kind is SCREEN_WORK else None,
    )


def _copy_credits(kind: Kind, credits: Iterator[tuple[int, list[str]]], origin: Origin) -> None:
    rows = (
        (entry, ROLES[kind.name], position, None, name, origin.source)
        for entry, names in credits
        for position, name in enumerate(names)
    )
    copy_in(kind.credits, (kind.owner, "role", "position", "person_id", "name", "source"), rows)


def _known(kind: Kind) -> Iterator[list[Saying]]:
    query = KNOWN.format(
        kind=kind.name,
        table=kind.table,
        owner=kind.owner,
        external_ids=kind.external_ids,
        credits=kind.credits,
        role=ROLES[kind.name],
        what=WHAT[kind.name],
        end_year="t.end_year" if kind is SCREEN_WORK else "NULL",
    )
    for rows in batches(query, size=BATCH):
        yield [_saying(kind, row) for row in rows]


def _saying(kind: Kind, row: tuple[Any, ...]) -> Saying:
    entry_id, item, title, original, language, year, end_year, what, names, ids = row[:10]
    was = dict(
        zip(
            ("wikidata_id", "title", "original_title", "title_language", "year", "end_year", WHAT[kind.name]),
            row[10:17],
            strict=True,
        )
    )
    locks, has_ids, has_credits = row[17:]
    said = {
        "wikidata_id": item,
        "title": title,
        "original_title": original,
        "title_language": language,
        "year": year,
        "end_year": end_year,
        WHAT[kind.name]: what,
    }
    saying = Saying(entry_id)
    for name, value in said.items():
        if value is None or value == was[name]:
            continue
        if f'"{"title" if name == "title_language" else name}"' in locks:
            saying.locked += 1
        else:
            saying.fields[name] = value
    if '"external_ids"' not in locks:
        saying.ids = [one for one in (ids or "").split() if one not in has_ids]
    if names and not has_credits and '"credits"' not in locks:
        saying.names = names.split("\n")
    if saying.fields.keys() & {"title", "original_title", "title_language"}:
        saying.fields |= _derived({**was, **saying.fields})
    return saying


def _derived(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        "sort_key": sort_key(values["title"], values["title_language"]),
        "search_text": search_text(values["title"], values["original_title"]),
    }


def _write_values(kind: Kind, sayings: Sequence[Saying], origin: Origin) -> None:
    stamp = [origin.source, origin.run_id, origin.at.isoformat(timespec="seconds")]
    rows = [(saying.entry_id, saying.fields, dict.fromkeys(saying.fields, stamp)) for saying in sayings]
    names = sorted({name for saying in sayings for name in saying.fields})
    more = ("provenance = t.provenance || s.stamps::jsonb", "updated_at = %(at)s")
    write_fields(rows, table=kind.table, names=names, origin=origin, more=more)


def _add_lists(kind: Kind, sayings: Sequence[Saying], origin: Origin) -> None:
    touched = [saying for saying in sayings if saying.ids or saying.names]
    if not touched:
        return
    stage("stage_file_touched", ("id",), ((saying.entry_id,) for saying in touched), types={"id": "bigint"})
    lists = [
        Lists(name, table, kind.owner, kind.table, "stage_file_touched", join="id")
        for name, table in (("external_ids", kind.external_ids), ("credits", kind.credits))
    ]
    for one in lists:
        one.take_images()
    ids = ((saying.entry_id, *one.split(":", 1), origin.source) for saying in touched for one in saying.ids)
    copy_in(kind.external_ids, (kind.owner, "scheme", "value", "source"), ids)
    _copy_credits(kind, ((saying.entry_id, saying.names) for saying in touched), origin)
    for one in lists:
        one.log_changes(origin)
