"""People whom only TMDb knew, once Wikidata names them: one entry, not two."""

from collections.abc import Iterable, Mapping

from django.db import connection

from adaptapedia.catalogue.merging_entries import merge_entries
from adaptapedia.catalogue.models import Person, PersonExternalId
from adaptapedia.ingest.metadata.rows import TMDB
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.sources.wikidata.records import Item

_TWINS = """
    SELECT DISTINCT ON (p.id) p.id, q.id
    FROM stage_tmdb_person AS s
    JOIN catalogue_person AS q ON q.wikidata_id = s.wikidata_id
    JOIN catalogue_personexternalid AS x ON x.scheme = 'tmdb_person' AND x.value = s.value
    JOIN catalogue_person AS p ON p.id = x.person_id AND p.wikidata_id IS NULL AND p.provenance #>> '{*,0}' = 'tmdb'
    ORDER BY p.id, q.wikidata_id
"""


def adopt_people(items: Iterable[Item], *, origin: Origin) -> int:
    """Give the items' TMDb numbers their people: where only TMDb knew somebody, that entry becomes the item's.

    Where the item has an entry already, the other is merged into it, with all that people wrote there. Before the
    merge of the same items, in its transaction. Tells how many entries were adopted or merged.
    """
    claims = [(item.qid, value) for item in items for value in item.tmdb_person]
    if not claims:
        return 0
    stage("stage_tmdb_person", ("wikidata_id", "value"), claims)
    adopted = execute(statement("people_adopted"), origin.parameters)
    with connection.cursor() as cursor:
        cursor.execute(_TWINS)
        twins = dict(cursor.fetchall())
    _merge(twins, origin)
    return adopted + len(twins)


def _merge(twins: Mapping[int, int], origin: Origin) -> None:
    """Merge people into others, by their keys; what TMDb said of its number, the origin says now."""
    PersonExternalId.objects.filter(person__in=twins, source=TMDB).update(source=origin.source)
    people = Person.objects.in_bulk([*twins.keys(), *twins.values()])
    for twin, kept in twins.items():
        merge_entries(people[twin], into=people[kept])
