"""The statements of search, put together of names in the code; every value is a parameter. Pure."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    BOOKS = "books"
    SCREEN = "screen"


class _Table(NamedTuple):
    """What differs between the sides."""

    entry: str
    external_ids: str
    credits: str
    owner: str
    kind: str
    end_year: str
    roles: str
    points_here: str
    """The column of an adaptation that counts towards the fame of an entry."""


_TABLES = {
    Side.BOOKS: _Table(
        entry="catalogue_work",
        external_ids="catalogue_workexternalid",
        credits="catalogue_workcredit",
        owner="work_id",
        kind="form",
        end_year="NULL::integer",
        roles="'author'",
        points_here="work_id",
    ),
    Side.SCREEN: _Table(
        entry="catalogue_screenwork",
        external_ids="catalogue_screenexternalid",
        credits="catalogue_screencredit",
        owner="screen_work_id",
        kind="kind",
        end_year="e.end_year",
        roles="'director', 'creator'",
        points_here="original_id",
    ),
}

_TIER = """
    CASE
        WHEN c.search_text = %(text)s OR c.slug = %(slug)s
          OR (starts_with(c.search_text, %(text)s || ' ') AND char_length(c.title) = char_length(%(text)s))
          OR (right(c.search_text, char_length(%(text)s) + 1) = ' ' || %(text)s
              AND char_length(c.original_title) = char_length(%(text)s)) THEN 4
        WHEN starts_with(c.search_text, %(text)s || ' ') THEN 3
        WHEN starts_with(c.search_text, %(text)s) THEN 2
        WHEN strpos(c.search_text, ' ' || %(text)s) > 0 THEN 1
        ELSE 0
    END
"""
"""A whole title (of both, either may be what search_text begins or ends with), one that begins so as words, as
letters, or has it at the beginning of a word."""

_BY_TIER = (
    "tier DESC, CASE WHEN tier < 4 THEN round(likeness::numeric, 1) END DESC NULLS LAST, "
    "count DESC, year DESC NULLS LAST, side, id"
)
_BY_LIKENESS = "likeness DESC, char_length(search_text), count DESC, year DESC NULLS LAST, side, id"


def by_words(sides: Collection[Side], *, words: str, narrowed: str) -> str:
    """Takes text, slug, after_slug, before_slug, bound, limit and offset, and what `words` and `narrowed` take."""
    begins = "e.slug >= %(after_slug)s AND e.slug < %(before_slug)s"
    looks = []
    for side in sides:
        rows = _entries(side, narrowed)
        looks += [
            f"({rows} AND e.slug = %(slug)s)",
            f"({rows} AND {begins} ORDER BY e.slug LIMIT %(bound)s + 1)",
            f"({rows} AND e.slug <> %(slug)s AND NOT ({begins}) AND {words} LIMIT %(bound)s + 1)",
        ]
    ranked = f"SELECT c.*, {_TIER} AS tier, similarity(c.search_text, %(text)s) AS likeness"
    found = " UNION ALL ".join(looks)
    return _listed(f"{ranked} FROM ({found}) AS c", first="tier DESC, likeness DESC", order=_BY_TIER)


def alike(sides: Collection[Side], *, looks: Collection[str], narrowed: str) -> str:
    """What one of the conditions `looks` brings and is like the text as a whole.

    Takes text, alike, bound, limit and offset, and what `looks` and `narrowed` take.
    """
    found = " UNION ".join(
        f"({_entries(side, narrowed)} AND {look} LIMIT %(bound)s + 1)" for side in sides for look in looks
    )
    ranked = f"SELECT c.*, 0 AS tier, word_similarity(%(text)s, c.search_text) AS likeness FROM ({found}) AS c"
    near = f"SELECT * FROM ({ranked}) AS c WHERE c.likeness >= %(alike)s"
    return _listed(near, first="likeness DESC", order=_BY_LIKENESS)


def named(conditions: Mapping[Side, str]) -> str:
    """The entries that a condition of their side picks; takes bound, limit and offset, and what the conditions take."""
    looks = [f"({_entries(side, f'AND {condition}')} LIMIT %(bound)s)" for side, condition in conditions.items()]
    ranked = f"SELECT c.*, 0 AS tier, 0 AS likeness FROM ({' UNION ALL '.join(looks)}) AS c"
    return _listed(ranked, first="side, id", order="side, id")


def claimed(side: Side) -> str:
    """The condition for an entry to have the external id (scheme, value)."""
    table = _TABLES[side]
    claims = (
        f"SELECT x.{table.owner} FROM {table.external_ids} AS x WHERE x.scheme = %(scheme)s AND x.value = %(value)s"
    )
    return f"e.id IN ({claims})"


def _entries(side: Side, narrowed: str) -> str:
    table = _TABLES[side]
    return f"""
        SELECT '{side}' AS side, e.id, e.slug, e.title, e.title_language, e.original_title, e.original_language,
               e.year, {table.end_year} AS end_year, e.{table.kind} AS kind, e.search_text
        FROM {table.entry} AS e WHERE e.retired_at IS NULL {narrowed}"""


def _listed(ranked: str, *, first: str, order: str) -> str:
    """The best so many of what is ranked, then with their fame in order, then those of the page with their names."""
    cut = f"SELECT *, count(*) OVER () > %(bound)s AS more FROM ({ranked}) AS c ORDER BY {first}, id LIMIT %(bound)s"
    counted = f"SELECT c.*, {_by_side(_fame)} AS count, count(*) OVER () AS total FROM ({cut}) AS c"
    page = f"SELECT * FROM ({counted}) AS c ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"
    return f"SELECT c.*, {_by_side(_names)} AS names FROM ({page}) AS c ORDER BY {order}"


def _by_side(column: Callable[[Side], str]) -> str:
    return f"CASE c.side WHEN '{Side.BOOKS}' THEN {column(Side.BOOKS)} ELSE {column(Side.SCREEN)} END"


def _fame(side: Side) -> str:
    """How often it was adapted or remade."""
    points_here = _TABLES[side].points_here
    return f"(SELECT count(*) FROM catalogue_adaptation AS a WHERE a.{points_here} = c.id AND a.retired_at IS NULL)"


def _names(side: Side) -> str:
    """Its first three authors, or directors before creators, in one text; NULL without any."""
    table = _TABLES[side]
    return f"""
        (SELECT string_agg(n.name, ', ' ORDER BY n.role DESC, n.position) FROM (
            SELECT coalesce(p.name, k.name) AS name, k.role, k.position
            FROM {table.credits} AS k LEFT JOIN catalogue_person AS p ON p.id = k.person_id
            WHERE k.{table.owner} = c.id AND k.role IN ({table.roles})
            ORDER BY k.role DESC, k.position LIMIT 3) AS n)"""
