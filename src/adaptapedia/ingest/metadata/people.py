"""Who TMDb credits → people of the catalogue."""

from collections.abc import Collection, Mapping

from django.db import connection

from adaptapedia.catalogue.derived import search_text, sort_key
from adaptapedia.ingest.merging import PERSON, next_keys
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.slugs import Wish, allocate
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import copy_in, stage

LANGUAGE = "und"
"""TMDb does not say in which language a name is."""
COLUMNS = (
    *("id", "slug", "name", "name_language", "sort_key", "search_text"),
    *("provenance", "locks", "created_at", "updated_at"),
)

_KNOWN = """
    SELECT DISTINCT ON (x.value) x.value::bigint, x.person_id
    FROM catalogue_personexternalid AS x JOIN catalogue_person AS p ON p.id = x.person_id
    WHERE x.scheme = 'tmdb_person' AND x.value = ANY(%s::text[])
    ORDER BY x.value, p.retired_at NULLS FIRST, p.wikidata_id NULLS LAST, p.id
"""


def people_of(names: Mapping[int, str], *, origin: Origin) -> dict[int, int]:
    """TMDb's numbers of people → the keys of their entries; who has none gets one.

    In the caller's transaction, under the lock of the catalogue. Where several entries claim a
    number, one of Wikidata's comes first.
    """
    known = _known(names)
    _rename({known[number]: name for number, name in names.items() if number in known}, origin)
    new = {number: names[number] for number in sorted(names.keys() - known.keys())}
    return known | _bring_in(new, origin)


def _known(numbers: Collection[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, ["{" + ",".join(map(str, numbers)) + "}"])
        return dict(cursor.fetchall())


def _rename(names: Mapping[int, str], origin: Origin) -> None:
    rows = ((key, name, sort_key(name, None), search_text(name)) for key, name in names.items())
    stage("stage_title_person", ("person_id", "name", "sort_key", "search_text"), rows)
    execute(statement("metadata_people_renamed"), origin.parameters)


def _bring_in(names: Mapping[int, str], origin: Origin) -> dict[int, int]:
    """COPY people who are not there yet. Their slugs end in their numbers, so that they are the same in any order."""
    if not names:
        return {}
    wishes = [Wish(number, f"{name[:60]} tmdb{number}", None, mark="tmdb") for number, name in names.items()]
    slugs = allocate(wishes, table=PERSON.table, former_table=PERSON.former_slugs)
    keys = dict(zip(names, next_keys(PERSON.table, len(names)), strict=True))
    made = (origin.stamp_of_all, "{}", origin.at.isoformat(), origin.at.isoformat())
    rows = (
        (keys[number], slugs[number], name, LANGUAGE, sort_key(name, None), search_text(name), *made)
        for number, name in names.items()
    )
    copy_in(PERSON.table, COLUMNS, rows)
    ids = ((keys[number], "tmdb_person", str(number), origin.source) for number in names)
    copy_in(PERSON.external_ids, ("person_id", "scheme", "value", "source"), ids)
    return keys
