"""People whom only TMDb knew, once Wikidata names them: one entry, not two."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from adaptapedia.catalogue.models import FormerPersonSlug, Person, ScreenCredit, WorkCredit
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


class Twin(NamedTuple):
    """A person of TMDb's, and the one of Wikidata's who is the same."""

    person_id: int
    kept_id: int


def adopt_people(items: Iterable[Item], *, origin: Origin) -> int:
    """Give the items' TMDb numbers their people: where only TMDb knew somebody, that entry becomes the item's.

    Where the item has an entry already, the other's credits and addresses move to it. Before the merge of the
    same items, in its transaction. Tells how many entries were adopted or moved.
    """
    claims = [(item.qid, value) for item in items for value in item.tmdb_person]
    if not claims:
        return 0
    stage("stage_tmdb_person", ("wikidata_id", "value"), claims)
    adopted = execute(statement("people_adopted"), origin.parameters)
    with connection.cursor() as cursor:
        cursor.execute(_TWINS)
        twins = [Twin(*row) for row in cursor.fetchall()]
    for twin in twins:
        _move(twin)
    return adopted + len(twins)


def _move(twin: Twin) -> None:
    for credit in (ScreenCredit, WorkCredit):
        credit._default_manager.filter(person=twin.person_id).update(person=twin.kept_id)
    FormerPersonSlug.objects.filter(person=twin.person_id).update(person=twin.kept_id)
    gone = Person.objects.get(pk=twin.person_id)
    FormerPersonSlug.objects.create(slug=gone.slug, person_id=twin.kept_id)
    gone.delete()
