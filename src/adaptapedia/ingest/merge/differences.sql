-- What staged records say otherwise than the locked fields of their entries. Told anew only when it is something new.
WITH told AS (
    SELECT t.id, field.name, field.theirs
    FROM {stage} AS s
    JOIN {table} AS t ON t.wikidata_id = s.wikidata_id
    CROSS JOIN LATERAL (VALUES {fields}) AS field (name, ours, said, theirs)
    WHERE t.locks ? field.name AND field.ours IS DISTINCT FROM field.said
), settled AS (
    DELETE FROM ingest_difference AS d
    USING {stage} AS s JOIN {table} AS t ON t.wikidata_id = s.wikidata_id
    WHERE d.kind = '{kind}' AND d.entry_id = t.id AND d.source = %(source)s
      AND NOT EXISTS (SELECT FROM told WHERE told.id = t.id AND told.name = d.field)
)
INSERT INTO ingest_difference AS d (kind, entry_id, field, theirs, source, run_id, first_seen_at)
SELECT '{kind}', told.id, told.name, told.theirs, %(source)s, %(run_id)s, %(at)s FROM told
ON CONFLICT (kind, entry_id, field, source) DO UPDATE SET
    theirs = excluded.theirs, run_id = excluded.run_id, first_seen_at = excluded.first_seen_at,
    kept_at = NULL, kept_by_id = NULL
WHERE d.theirs <> excluded.theirs
