-- New entries in, changed ones up to date; fields that a person locked stand. Unchanged records are not staged.
MERGE INTO {table} AS t
USING {stage} AS s ON t.wikidata_id = s.wikidata_id
WHEN MATCHED THEN UPDATE SET
    {assignments},
    wikidata_digest = s.wikidata_digest,
    provenance = t.provenance || jsonb_strip_nulls(jsonb_build_object({stamps})),
    updated_at = %(at)s
WHEN NOT MATCHED THEN INSERT
    (wikidata_id, wikidata_digest, slug, {columns}, provenance, locks, created_at, updated_at)
    VALUES (s.wikidata_id, s.wikidata_digest, s.slug, {values},
        %(stamp_of_all)s::jsonb, '{{}}'::jsonb, %(at)s, %(at)s)
