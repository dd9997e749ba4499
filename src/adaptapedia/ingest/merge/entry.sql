-- Changed entries up to date; fields that a person locked stand. Unchanged records are not staged.
-- What a yielding source (the starter catalogue, a file) brought is adopted: from now on it is this source's.
UPDATE {table} AS t SET
    {assignments},
    wikidata_digest = s.wikidata_digest,
    provenance = t.provenance || jsonb_strip_nulls(jsonb_build_object({stamps}))
        || CASE WHEN t.provenance #>> '{{*,0}}' = ANY(%(adopted)s) THEN %(stamp_of_all)s::jsonb ELSE '{{}}' END,
    updated_at = %(at)s
FROM {stage} AS s
WHERE t.wikidata_id = s.wikidata_id
