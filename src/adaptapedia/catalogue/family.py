"""The family of a work: what the screen made of it, and what was made of that."""

from dataclasses import dataclass

from django.db import connection

from adaptapedia.catalogue.models import Work

GENERATIONS = 6
"""Remakes of remakes are followed so far; it is also what ends a circle of remakes."""
AT_MOST = 200

_FAMILY = """
WITH RECURSIVE kin (screen_work_id, original_id, relation, generation) AS (
    SELECT made.screen_work_id, NULL::bigint, made.relation, 0
    FROM catalogue_adaptation made
    JOIN catalogue_screenwork stands ON stands.id = made.screen_work_id AND stands.retired_at IS NULL
    WHERE made.work_id = %(work)s AND made.retired_at IS NULL
  UNION
    SELECT made.screen_work_id, made.original_id, made.relation, kin.generation + 1
    FROM kin
    JOIN catalogue_adaptation made ON made.original_id = kin.screen_work_id AND made.retired_at IS NULL
    JOIN catalogue_screenwork stands ON stands.id = made.screen_work_id AND stands.retired_at IS NULL
    WHERE kin.generation < %(generations)s
), met AS (
    SELECT screen_work_id,
           min(generation) AS generation,
           (array_agg(relation ORDER BY generation, relation))[1] AS relation,
           (array_agg(original_id ORDER BY generation, original_id)
               FILTER (WHERE original_id IS NOT NULL))[1] AS original_id
    FROM kin
    GROUP BY screen_work_id
)
SELECT screen.id, screen.slug, screen.title, screen.title_language, screen.kind, screen.year, screen.end_year,
       met.relation, met.original_id, count(*) OVER ()
FROM met
JOIN catalogue_screenwork screen ON screen.id = met.screen_work_id
ORDER BY met.generation, screen.year NULLS LAST, screen.id
LIMIT %(at_most)s
"""


@dataclass(frozen=True, slots=True)
class Relative:
    """A screen work of the family. `relation` is an Adaptation.Relation, to the work where it has one to it.

    `original_id` is the screen work that it is a remake of, when that is of the family too.
    """

    id: int
    slug: str
    title: str
    title_language: str
    kind: str
    year: int | None
    end_year: int | None
    relation: str
    original_id: int | None


@dataclass(frozen=True, slots=True)
class Family:
    """`total` counts those too that are more than `AT_MOST`."""

    relatives: tuple[Relative, ...]
    total: int


def family_of(work: Work) -> Family:
    """What stands in the catalogue as made from `work`, and the remakes of those, in one query.

    Ordered by generation, then year, those without a year last; the retired are left out, and with
    them what is known through them alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, {"work": work.pk, "generations": GENERATIONS, "at_most": AT_MOST})
        rows = cursor.fetchall()
    return Family(tuple(Relative(*row[:-1]) for row in rows), rows[0][-1] if rows else 0)
