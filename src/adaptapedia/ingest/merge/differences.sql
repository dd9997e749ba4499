-- What staged records say otherwise than the locked fields of their rows. Told anew only when it is something new.
WITH told AS (
    SELECT t.{key} AS id, field.name, field.theirs
    FROM {stage} AS s
    JOIN {table} AS t ON t.{join} = s.{join}
    CROSS JOIN LATERAL (VALUES {fields}) AS field (name, ours, said, theirs)
    WHERE t.locks ? field.name AND field.ours IS DISTINCT FROM field.said
), settled AS (
    DELETE FROM ingest_difference AS d
    USING {stage} AS s JOIN {table} AS t ON t.{join} = s.{join}
    WHERE d.kind = '{kind}' AND d.entry_id = t.{key} AND d.source = %(source)s AND d.field IN ({names})
      AND NOT EXISTS (SELECT FROM told WHERE told.id = t.{key} AND told.name = d.field)
)
INSERT INTO ingest_difference AS d (kind, entry_id, field, theirs, source, run_id, first_seen_at)
SELECT '{kind}', told.id, told.name, told.theirs, %(source)s, %(run_id)s, %(at)s FROM told
ON CONFLICT (kind, entry_id, field, source) DO UPDATE SET
    theirs = excluded.theirs, run_id = excluded.run_id, first_seen_at = excluded.first_seen_at,
    kept_at = NULL, kept_by_id = NULL
WHERE d.theirs <> excluded.theirs
