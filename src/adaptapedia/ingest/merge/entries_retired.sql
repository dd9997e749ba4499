-- Entries whose items are gone. What a person has retired or restored stands as it is.
UPDATE {table} AS t SET retired_at = %(at)s, retired_reason = 'gone', updated_at = %(at)s,
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb)
WHERE t.retired_at IS NULL AND NOT t.locks ? 'retired_at' AND t.wikidata_id IN (
    SELECT subject FROM ingest_sweepsuspect
    WHERE sweep_id = %(sweep)s AND verdict = 'screen_gone' AND %(screen)s
    UNION ALL
    SELECT source FROM ingest_sweepsuspect
    WHERE sweep_id = %(sweep)s AND verdict = 'source_gone' AND is_remake = %(screen)s
)
