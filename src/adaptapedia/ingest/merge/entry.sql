-- Changed entries up to date; fields that a person locked stand. Unchanged records are not staged.
UPDATE {table} AS t SET
    {assignments},
    wikidata_digest = s.wikidata_digest,
    provenance = t.provenance || jsonb_strip_nulls(jsonb_build_object({stamps})),
    updated_at = %(at)s
FROM {stage} AS s
WHERE t.wikidata_id = s.wikidata_id
