"""Records → catalogue, a batch at a time: new entries by COPY, changed ones through staging, one statement a table.

Every function here runs in the caller's transaction, under the lock of the catalogue
(`lock_catalogue`), and writes nothing for what is unchanged.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import connection

from adaptapedia.ingest.adopting import adopt_people
from adaptapedia.ingest.afresh import read_titles_afresh
from adaptapedia.ingest.changes import Lists, execute_logged
from adaptapedia.ingest.differences import note_differences
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.rows import (
    CreditRow,
    ExternalIdRow,
    PairRow,
    PeopleIds,
    PersonRow,
    ScreenWorkRow,
    WorkRow,
    digest_of,
    external_ids,
    first_year,
    people_named_by,
    person_row,
    screen_credits,
    screen_work_row,
    work_credits,
    work_row,
)
from adaptapedia.ingest.second_hand import tells_more
from adaptapedia.ingest.slugs import Wish, allocate
from adaptapedia.ingest.sql import execute, scalar, statement
from adaptapedia.ingest.staging import array, copy_in, stage
from adaptapedia.sources.wikidata.records import Item, Text

ADAPTATION = "catalogue_adaptation"
CATALOGUE_LOCK = 0x41444150
"""Key of the advisory lock ("ADAP"): any number that nobody else uses in this database."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the rows of one kind in a batch; `attached` and `detached` count credits and ids.

    `left` are those that differ and were told second-hand, by somebody who knows no more than we.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left: int = 0
    attached: int = 0
    detached: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: how its rows are made, and its tables.

    `owner` is the column by which credits and ids point to it; without `credits_of` it has none.
    """

    name: str
    columns: tuple[str, ...]
    row_of: Callable[..., Any]
    table: str
    former_slugs: str
    owner: str
    external_ids: str
    year_of: Callable[[Item], int | None]
    credits: str = ""
    credits_of: Callable[[Item, PeopleIds], Iterator[CreditRow]] | None = None
    title: str = "title"

    @property
    def fields(self) -> tuple[str, ...]:
        """What an upstream decides, and provenance is kept of."""
        return tuple(c for c in self.columns if c not in {"wikidata_id", "wikidata_digest", "slug"})


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows of one kind that hang on a batch of entries, made as they are read; `name` is that of their statements."""

    name: str
    table: str
    columns: tuple[str, ...]
    rows: Iterator[CreditRow] | Iterator[ExternalIdRow]


WORK = Kind(
    "work",
    WorkRow._fields,
    work_row,
    table="catalogue_work",
    former_slugs="catalogue_formerworkslug",
    owner="work_id",
    external_ids="catalogue_workexternalid",
    year_of=lambda item: item.published,
    credits="catalogue_workcredit",
    credits_of=work_credits,
)
SCREEN_WORK = Kind(
    "screen_work",
    ScreenWorkRow._fields,
    screen_work_row,
    table="catalogue_screenwork",
    former_slugs="catalogue_formerscreenworkslug",
    owner="screen_work_id",
    external_ids="catalogue_screenexternalid",
    year_of=first_year,
    credits="catalogue_screencredit",
    credits_of=screen_credits,
)
PERSON = Kind(
    "person",
    PersonRow._fields,
    person_row,
    table="catalogue_person",
    former_slugs="catalogue_formerpersonslug",
    owner="person_id",
    external_ids="catalogue_personexternalid",
    year_of=lambda item: item.born,
    title="name",
)


def lock_catalogue() -> None:
    """Keep every other bulk writer of the catalogue waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CATALOGUE_LOCK])


def standing(kind: Kind, keys: Collection[int]) -> set[int]:
    """Which of these entries are there, whatever was there a moment ago; they stay until this transaction ends."""
    return {key for (key,) in _select(f"SELECT id FROM {kind.table} WHERE id = ANY(%s::bigint[]) FOR KEY SHARE", keys)}


def merge_people(items: Iterable[Item], *, origin: Origin) -> Merged:
    """Bring people up to date. Before works and screen works, whose credits point to them."""
    people = [*items]
    adopt_people(people, origin=origin)
    return _merge_entries(PERSON, [(item, "") for item in people], origin)


def merge_works(items: Sequence[tuple[Item, str]], *, origin: Origin) -> Merged:
    """Bring works (each item with its `Work.Form`), their credits and external ids up to date."""
    return _merge_entries(WORK, items, origin)


def merge_screen_works(items: Sequence[tuple[Item, str]], *, origin: Origin) -> Merged:
    """Bring screen works (each item with its `ScreenWork.Kind`), their credits and ids up to date."""
    return _merge_entries(SCREEN_WORK, items, origin)


def merge_adaptations(pairs: Sequence[PairRow], *, origin: Origin) -> Merged:
    """Tie screen works to their sources. A pair with a side that has no entry is left out, and not counted.

    What was missing has not been found again for being told of second-hand.
    """
    stage("stage_pair", PairRow._fields, pairs)
    names = ("adaptations_adopted",) if origin.is_second_hand else ("adaptations_found_again", "adaptations_adopted")
    updated = sum(execute_logged(statement(name), table=ADAPTATION, origin=origin) for name in names)
    created = execute(statement("adaptations"), origin.parameters)
    return Merged(created, updated, scalar(statement("adaptations_standing")) - created - updated)


def _merge_entries(kind: Kind, items: Sequence[tuple[Item, str]], origin: Origin) -> Merged:
    people = _people_of(kind, items)
    digests = {item.qid: digest_of(item, what, people) for item, what in items}
    known = _known(kind, digests.keys())
    new = [(item, what) for item, what in items if item.qid not in known]
    changed = [(item, what) for item, what in items if item.qid in known and known[item.qid] != digests[item.qid]]
    unchanged = len(items) - len(new) - len(changed)
    if origin.is_second_hand:
        told = [item for item, _ in [*new, *changed]]
        more = tells_more(told, new={item.qid for item, _ in new}, origin=origin)
        new, changed = ([(item, what) for item, what in some if item.qid in more] for some in (new, changed))
    brought = _bring_in(kind, new, digests, people, origin) if new else 0
    attached, detached = _update(kind, changed, digests, people, origin) if changed else (0, 0)
    left = len(items) - unchanged - len(new) - len(changed)
    return Merged(len(new), len(changed), unchanged, left, brought + attached, detached)


def _bring_in(
    kind: Kind, items: Sequence[tuple[Item, str]], digests: Mapping[int, int], people: PeopleIds, origin: Origin
) -> int:
    """Entries that are not there yet, with all that hangs on them. Credits and ids written."""
    # Without a digest no record is equal to the entry's, so that the first one from upstream adopts it.
    keys = create_entries(kind, items, digests={} if origin.yields else digests, origin=origin)
    return sum(_copy_hanging(kind, hanging, keys, origin) for hanging in _hanging(kind, items, people))


def create_entries(
    kind: Kind, items: Sequence[tuple[Item, str]], *, digests: Mapping[int, int], origin: Origin
) -> dict[int, int]:
    """COPY new entries straight to where they belong. Their keys by their items.

    Under the lock of the catalogue nobody else can bring them in meanwhile. Numbers below zero stand for entries
    without an item; a batch has only those, or none.
    """
    numbers = sorted((item.qid for item, _ in items), key=abs)
    keys = dict(zip(numbers, next_keys(kind.table, len(items)), strict=True))
    slugs = _new_slugs(kind, [item for item, _ in items], keys)
    rows = (kind.row_of(item, what, slug=slugs[item.qid], digest=digests.get(item.qid)) for item, what in items)
    at = origin.at.isoformat()
    made = (origin.stamp_of_all, "{}", at, at)
    made_columns = ("provenance", "locks", "created_at", "updated_at")
    whole = ((keys[row[0]], row[0] if row[0] > 0 else None, *row[1:], *made) for row in rows)
    copy_in(kind.table, ("id", *kind.columns, *made_columns), whole)
    return keys


def _copy_hanging(kind: Kind, hanging: Hanging, keys: Mapping[int, int], origin: Origin) -> int:
    rows = ((keys[row[0]], *row[1:], origin.source) for row in hanging.rows)
    return copy_in(hanging.table, (kind.owner, *hanging.columns[1:], "source"), rows)


def _update(
    kind: Kind, items: Sequence[tuple[Item, str]], digests: Mapping[int, int], people: PeopleIds, origin: Origin
) -> tuple[int, int]:
    """Bring entries up to date through staging. Credits and ids written, and deleted."""
    locked = _locked(kind, items)
    if locked:
        _note_differences(kind, [(item, what) for item, what in items if item.qid in locked], origin)
    items = [(_renamed(item, *locked[item.qid]) if item.qid in locked else item, what) for item, what in items]
    rows = [kind.row_of(item, what, slug=None, digest=digests[item.qid]) for item, what in items]
    stage(f"stage_{kind.name}", kind.columns, rows)
    execute_logged(_entry_sql(kind), table=kind.table, origin=origin)
    outcomes = [_attach(kind, hanging, origin) for hanging in _hanging(kind, items, people)]
    return sum(attached for attached, _ in outcomes), sum(detached for _, detached in outcomes)


def _hanging(kind: Kind, items: Sequence[tuple[Item, str]], people: PeopleIds) -> Iterator[Hanging]:
    ids = (row for item, _ in items for row in external_ids(item))
    yield Hanging("external_ids", kind.external_ids, ExternalIdRow._fields, ids)
    if (credits_of := kind.credits_of) is not None:
        credits = (row for item, _ in items for row in credits_of(item, people))
        yield Hanging("credits", kind.credits, CreditRow._fields, credits)


def _note_differences(kind: Kind, items: Sequence[tuple[Item, str]], origin: Origin) -> None:
    """Keep for review what the records of entries with locks say otherwise."""
    told = f"stage_{kind.name}_told"
    stage(told, kind.columns, [kind.row_of(item, what, slug=None, digest=None) for item, what in items])
    note_differences(kind.name, table=kind.table, stage=told, fields=kind.fields, origin=origin)


def _locked(kind: Kind, items: Sequence[tuple[Item, str]]) -> dict[int, list[Any]]:
    """By their items, the entries in which a person has locked anything: their names, and whether these are locked."""
    original = "original_title" if "original_title" in kind.columns else "''"
    locked = _select(
        f"SELECT wikidata_id, {kind.title}, {kind.title}_language, {original}, "
        f"locks ? '{kind.title}', locks ? 'original_title' FROM {kind.table} "
        "WHERE wikidata_id = ANY(%s::bigint[]) AND locks <> '{}'",
        [item.qid for item, _ in items],
    )
    return {qid: rest for qid, *rest in locked}


def _renamed(item: Item, title: str, language: str, original: str, title_locked: bool, original_locked: bool) -> Item:
    """The item with the names that a person has locked, so that what is made of the names fits them."""
    return replace(
        item,
        label=Text(title, language) if title_locked else item.label,
        original_title=Text(original, "") if original_locked else item.original_title,
    )


def _people_of(kind: Kind, items: Sequence[tuple[Item, str]]) -> PeopleIds:
    """The keys of everybody in the items' credits who has an entry."""
    if kind.credits_of is None:
        return {}
    named = {person for item, _ in items for person in people_named_by(item)}
    return dict(_select("SELECT wikidata_id, id FROM catalogue_person WHERE wikidata_id = ANY(%s::bigint[])", named))


def _known(kind: Kind, qids: Collection[int]) -> dict[int, int | None]:
    """The digests of the entries that are there."""
    return dict(
        _select(f"SELECT wikidata_id, wikidata_digest FROM {kind.table} WHERE wikidata_id = ANY(%s::bigint[])", qids)
    )


def _select(query: str, numbers: Collection[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [array(numbers)])
        return [*cursor.fetchall()]


def _new_slugs(kind: Kind, items: Sequence[Item], keys: Mapping[int, int]) -> dict[int, str]:
    """Told apart by the item where there is one, else by the entry's own number."""
    if items[0].qid > 0:
        wishes = [Wish(item.qid, item.label.text, kind.year_of(item)) for item in items if item.label]
        return allocate(wishes, table=kind.table, former_table=kind.former_slugs)
    named = [Wish(keys[item.qid], item.label.text, kind.year_of(item), "n") for item in items if item.label]
    slugs = allocate(named, table=kind.table, former_table=kind.former_slugs)
    return {item.qid: slugs[keys[item.qid]] for item in items}


def next_keys(table: str, number: int) -> list[int]:
    """Keys for so many new rows of a table."""
    with connection.cursor() as cursor:
        # The sequence is looked up once; in the list of what is selected it would be for each row.
        cursor.execute(
            "WITH sequence AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS id) "
            "SELECT nextval(id) FROM sequence, generate_series(1, %s)",
            [table, number],
        )
        return [key for (key,) in cursor.fetchall()]


def _attach(kind: Kind, hanging: Hanging, origin: Origin) -> tuple[int, int]:
    """Rows written and deleted."""
    staged = f"stage_{kind.name}_{hanging.name}"
    names = {
        "table": hanging.table,
        "stage": staged,
        "stage_entry": f"stage_{kind.name}",
        "entry": kind.table,
        "owner": kind.owner,
    }
    stage(staged, hanging.columns, hanging.rows)
    lists = Lists(hanging.name, hanging.table, kind.owner, kind.table, f"stage_{kind.name}")
    lists.take_images()
    removed = execute(statement(f"{hanging.name}_removed").format(**names), origin.parameters)
    written = execute(statement(hanging.name).format(**names), origin.parameters)
    lists.log_changes(origin)
    if removed and kind is SCREEN_WORK and hanging.name == "credits":
        read_titles_afresh(lists.rows("roles_emptied", origin))
    return written, removed


@cache
def _entry_sql(kind: Kind) -> str:
    differs = {f: f"(t.{f} IS DISTINCT FROM s.{f} AND NOT t.locks ? '{f}')" for f in kind.fields}
    return statement("entry").format(
        table=kind.table,
        stage=f"stage_{kind.name}",
        assignments=", ".join(f"{f} = CASE WHEN {differs[f]} THEN s.{f} ELSE t.{f} END" for f in kind.fields),
        stamps=", ".join(f"'{f}', CASE WHEN {differs[f]} THEN %(stamp)s::jsonb END" for f in kind.fields),
    )
