"""Entries with all that belongs to them, read in one statement each: what programs are given.

Rows are dicts of plain values, made for being written as JSON at once; credits, external ids and
adaptations come as lists in them. What is retired is neither listed nor named among an entry's ties.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adaptapedia.catalogue.paging import Listing, Order, Page, Place, Row, Segment, read_page, read_rows
from adaptapedia.kit.text import clean, fold

TIES_SHOWN = 100
"""How many adaptations, works or screen works an entry names itself; the lists have the rest."""
PATIENCE = 500
"""Milliseconds for a statement of a list under filters: one that fits few rows of very many would read them all."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of entry, as SQL.

    `columns` is what a row has in lists, `detail` what it has besides when it is read alone, `standing`
    the condition of what is not retired, `filters` conditions on the parameter of their own name.
    """

    name: str
    source: str
    columns: str
    detail: str
    standing: str
    filters: Mapping[str, str]
    orders: Mapping[str, Order]


def read_one(resource: Resource, number: int) -> Row | None:
    """The entry with all its ties, or None. `standing` in it says whether it has not been retired."""
    shown = f"{resource.columns}, {resource.detail}" if resource.detail else resource.columns
    statement = f"SELECT {shown}, ({resource.standing}) AS standing FROM {resource.source} WHERE e.id = %(id)s"
    rows = read_rows(statement, {"id": number})
    return rows[0] if rows else None


def read_list(
    resource: Resource, *, filters: Mapping[str, Any], order: str, size: int, at: Place | None = None
) -> Page:
    """A page of the entries that stand, under filters of the resource's own names (or `q`) and one of its orders.

    Raises TookTooLong under filters that fit too little to be found in time.
    """
    words = fold(clean(filters.get("q", ""))).split()
    searched = {f"word_{number}": f"%{_literally(word)}%" for number, word in enumerate(words)}
    plain = {name: value for name, value in filters.items() if name != "q"}
    conditions = (
        resource.standing,
        *(resource.filters[name] for name in plain),
        *(f"e.search_text LIKE %({name})s" for name in searched),
    )
    listing = Listing(resource.source, resource.columns, conditions, PATIENCE if filters else None)
    return read_page(listing, order=resource.orders[order], size=size, values=plain | searched, at=at)


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _orders(**keys: tuple[Segment, ...]) -> dict[str, Order]:
    up = {name: Order(segments) for name, segments in keys.items()}
    return up | {f"-{name}": Order(segments, descending=True) for name, segments in keys.items()}


BY_ID = (Segment(("e.id",)),)
BY_NAME = (Segment(("e.sort_key", "e.id")),)
BY_YEAR = (Segment(("e.year", "e.id"), "e.year IS NOT NULL"), Segment(("e.id",), "e.year IS NULL"))

ENTRY = "e.id, e.wikidata_id, e.slug, e.sort_key, e.created_at, e.updated_at"
TITLED = (
    f"{ENTRY}, e.title, e.title_language, e.original_title, e.original_language, e.year, "
    "e.countries, e.genres, e.series"
)
FOUND = {"wikidata": "e.wikidata_id = %(wikidata)s", "slug": "e.slug = %(slug)s"}
TITLED_FILTERS = FOUND | {
    "year_from": "e.year >= %(year_from)s",
    "year_to": "e.year <= %(year_to)s",
    "language": "e.original_language = %(language)s",
    "country": "e.countries @> ARRAY[%(country)s]::bigint[]",
}


def _credits(table: str, owner: str, name: str) -> str:
    return f"""
        (SELECT coalesce(json_agg(json_build_object(
            'id', CASE WHEN p.retired_at IS NULL THEN p.id END,
            'name', coalesce(nullif(c.name, ''), p.name), 'role', c.role, 'position', c.position, 'source', c.source
         ) ORDER BY c.role, c.position), '[]')
         FROM {table} c LEFT JOIN catalogue_person p ON p.id = c.person_id WHERE c.{owner} = e.id) AS {name}"""


def _external_ids(table: str, owner: str) -> str:
    return f"""
        (SELECT coalesce(json_agg(json_build_object('scheme', x.scheme, 'value', x.value)
         ORDER BY x.scheme, x.value), '[]') FROM {table} x WHERE x.{owner} = e.id) AS external_ids"""


WRITTEN_HERE = """'written_here', (
            SELECT coalesce(json_agg(stamp.key ORDER BY stamp.key), '[]') FROM jsonb_each(m.provenance) AS stamp
            WHERE stamp.value ->> 0 = 'person')"""
"""The fields of metadata that people wrote, which are our own."""
WORK_METADATA = f"""
    (SELECT json_build_object(
        'key', m.key, 'title', m.title, 'first_year', m.first_year, 'authors', m.authors, 'subjects', m.subjects,
        'languages', m.languages, 'cover_id', m.cover_id, 'editions', m.editions, 'rating', m.rating,
        'ratings', m.ratings, 'description', m.description, 'changed_at', m.changed_at, {WRITTEN_HERE})
     FROM catalogue_workmetadata m WHERE m.work_id = e.id) AS metadata"""
SCREEN_METADATA = f"""
    (SELECT json_build_object(
        'kind', m.kind, 'tmdb_id', m.tmdb_id, 'title', m.title, 'overview', m.overview, 'tagline', m.tagline,
        'status', m.status, 'homepage', m.homepage, 'released', m.released, 'ended', m.ended, 'runtime', m.runtime,
        'episodes', m.episodes, 'popularity', m.popularity, 'vote_average', m.vote_average, 'votes', m.votes,
        'genres', m.genres, 'keywords', m.keywords, 'poster_path', m.poster_path, 'backdrop_path', m.backdrop_path,
        'certificates', m.certificates, 'trailers', m.trailers, 'seasons', m.seasons, 'cast', m."cast",
        'changed_at', m.changed_at, {WRITTEN_HERE})
     FROM catalogue_screenmetadata m WHERE m.screen_work_id = e.id) AS metadata"""


def _ties(name: str, selected: str, source: str, *, by: str) -> str:
    """Entries on the other end of something, the earliest first."""
    return f"""
        (SELECT coalesce(json_agg(t), '[]') FROM (
            SELECT {selected} FROM {source} ORDER BY {by} LIMIT {TIES_SHOWN}) t) AS {name}"""


WORK_BRIEF = "json_build_object('id', w.id, 'slug', w.slug, 'title', w.title, 'year', w.year, 'form', w.form)"
SCREEN_BRIEF = (
    "json_build_object('id', {0}.id, 'slug', {0}.slug, 'title', {0}.title, 'year', {0}.year, 'kind', {0}.kind)"
)

WORKS = Resource(
    name="works",
    source="catalogue_work e",
    columns=f"{TITLED}, e.form, {_credits('catalogue_workcredit', 'work_id', 'authors')}, "
    f"{_external_ids('catalogue_workexternalid', 'work_id')}",
    detail=_ties(
        "adaptations",
        f"a.id, a.relation, {SCREEN_BRIEF.format('s')} AS screen_work",
        "catalogue_adaptation a JOIN catalogue_screenwork s ON s.id = a.screen_work_id "
        "WHERE a.work_id = e.id AND a.retired_at IS NULL AND s.retired_at IS NULL",
        by="s.year, a.id",
    )
    + f", {WORK_METADATA}",
    standing="e.retired_at IS NULL",
    filters=TITLED_FILTERS
    | {
        "form": "e.form = %(form)s",
        "person": "e.id IN (SELECT c.work_id FROM catalogue_workcredit c WHERE c.person_id = %(person)s)",
    },
    orders=_orders(id=BY_ID, title=BY_NAME, year=BY_YEAR),
)

SCREEN_WORKS = Resource(
    name="screen-works",
    source="catalogue_screenwork e",
    columns=f"{TITLED}, e.end_year, e.kind, {_credits('catalogue_screencredit', 'screen_work_id', 'credits')}, "
    f"{_external_ids('catalogue_screenexternalid', 'screen_work_id')}",
    detail=_ties(
        "made_from",
        f"a.id, a.relation, CASE WHEN w.id IS NOT NULL THEN {WORK_BRIEF} END AS work, "
        f"CASE WHEN o.id IS NOT NULL THEN {SCREEN_BRIEF.format('o')} END AS original",
        "catalogue_adaptation a LEFT JOIN catalogue_work w ON w.id = a.work_id "
        "LEFT JOIN catalogue_screenwork o ON o.id = a.original_id WHERE a.screen_work_id = e.id "
        "AND a.retired_at IS NULL AND w.retired_at IS NULL AND o.retired_at IS NULL",
        by="a.id",
    )
    + ","
    + _ties(
        "remakes",
        f"a.id, a.relation, {SCREEN_BRIEF.format('s')} AS screen_work",
        "catalogue_adaptation a JOIN catalogue_screenwork s ON s.id = a.screen_work_id "
        "WHERE a.original_id = e.id AND a.retired_at IS NULL AND s.retired_at IS NULL",
        by="s.year, a.id",
    )
    + f", {SCREEN_METADATA}",
    standing="e.retired_at IS NULL",
    filters=TITLED_FILTERS
    | {
        "kind": "e.kind = %(kind)s",
        "person": "e.id IN (SELECT c.screen_work_id FROM catalogue_screencredit c WHERE c.person_id = %(person)s)",
    },
    orders=_orders(id=BY_ID, title=BY_NAME, year=BY_YEAR),
)

ADAPTATIONS = Resource(
    name="adaptations",
    source="catalogue_adaptation e JOIN catalogue_screenwork s ON s.id = e.screen_work_id "
    "LEFT JOIN catalogue_work w ON w.id = e.work_id LEFT JOIN catalogue_screenwork o ON o.id = e.original_id",
    columns="e.id, e.relation, e.confidence, e.source, e.first_seen_at, e.missing_since, "
    f"{SCREEN_BRIEF.format('s')} AS screen_work, CASE WHEN w.id IS NOT NULL THEN {WORK_BRIEF} END AS work, "
    f"CASE WHEN o.id IS NOT NULL THEN {SCREEN_BRIEF.format('o')} END AS original",
    detail="",
    standing="e.retired_at IS NULL AND s.retired_at IS NULL AND w.retired_at IS NULL AND o.retired_at IS NULL",
    filters={
        "relation": "e.relation = %(relation)s",
        "work": "e.work_id = %(work)s",
        "screen_work": "e.screen_work_id = %(screen_work)s",
        "original": "e.original_id = %(original)s",
    },
    orders=_orders(id=BY_ID),
)

PEOPLE = Resource(
    name="people",
    source="catalogue_person e",
    columns=f"{ENTRY}, e.name, e.name_language, e.birth_year, e.death_year, "
    f"{_external_ids('catalogue_personexternalid', 'person_id')}",
    detail=_ties(
        "works",
        "w.id, w.slug, w.title, w.year, w.form",
        "catalogue_work w WHERE w.retired_at IS NULL "
        "AND w.id IN (SELECT c.work_id FROM catalogue_workcredit c WHERE c.person_id = e.id)",
        by="w.year, w.id",
    )
    + ","
    + _ties(
        "screen_works",
        "s.id, s.slug, s.title, s.year, s.kind, "
        "(SELECT json_agg(c.role ORDER BY c.role) FROM catalogue_screencredit c "
        "WHERE c.screen_work_id = s.id AND c.person_id = e.id) AS roles",
        "catalogue_screenwork s WHERE s.retired_at IS NULL "
        "AND s.id IN (SELECT c.screen_work_id FROM catalogue_screencredit c WHERE c.person_id = e.id)",
        by="s.year, s.id",
    ),
    standing="e.retired_at IS NULL",
    filters=FOUND,
    orders=_orders(id=BY_ID, name=BY_NAME),
)

STATISTICS = Listing("catalogue_dailystatistics e", "e.day, e.figures::json AS figures")
BY_DAY = Order((Segment(("e.day",)),), descending=True)
HISTORY_FILTERS = {"since": "e.day >= %(since)s", "until": "e.day <= %(until)s"}


def read_history(*, filters: Mapping[str, Any], size: int, at: Place | None = None) -> Page:
    """A page of the site's figures of each day, the latest first; `since` and `until` are days, both included."""
    conditions = tuple(HISTORY_FILTERS[name] for name in filters)
    listing = Listing(STATISTICS.source, STATISTICS.columns, conditions)
    return read_page(listing, order=BY_DAY, size=size, values=filters, at=at)
