-- Metadata of one kind up to date. A record whose digest is the row's changes nothing; fields that a person
-- locked stand.
INSERT INTO {table} AS t ({owner}, digest, {columns}, provenance, locks, changed_at)
SELECT s.{owner}, s.digest, {staged}, %(stamp_of_all)s::jsonb, '{{}}', %(at)s
FROM {stage} AS s
ON CONFLICT ({owner}) DO UPDATE SET
    {assignments},
    digest = excluded.digest,
    provenance = t.provenance || jsonb_strip_nulls(jsonb_build_object({stamps})),
    changed_at = excluded.changed_at
WHERE t.digest IS DISTINCT FROM excluded.digest
