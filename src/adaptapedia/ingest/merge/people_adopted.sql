-- People whom only TMDb knew become those of the items that name them: one item takes one, the oldest.
WITH claimed AS (
    SELECT DISTINCT ON (x.person_id) x.person_id, x.id AS external_id, s.wikidata_id
    FROM stage_tmdb_person AS s
    JOIN catalogue_personexternalid AS x ON x.scheme = 'tmdb_person' AND x.value = s.value
    JOIN catalogue_person AS p ON p.id = x.person_id AND p.wikidata_id IS NULL
    WHERE NOT EXISTS (SELECT FROM catalogue_person AS q WHERE q.wikidata_id = s.wikidata_id)
    ORDER BY x.person_id, s.wikidata_id
), adopted AS (
    SELECT DISTINCT ON (wikidata_id) * FROM claimed ORDER BY wikidata_id, person_id
), told AS (
    UPDATE catalogue_personexternalid AS x SET source = %(source)s FROM adopted WHERE x.id = adopted.external_id
)
UPDATE catalogue_person AS p SET
    wikidata_id = adopted.wikidata_id,
    provenance = p.provenance || %(stamp_of_all)s::jsonb,
    updated_at = %(at)s
FROM adopted WHERE p.id = adopted.person_id
