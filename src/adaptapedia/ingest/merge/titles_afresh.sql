WITH afresh AS (
    UPDATE catalogue_screenmetadata AS t SET digest = 0
    WHERE t.screen_work_id = ANY(%(keys)s::bigint[])
    RETURNING t.kind || '/' || t.tmdb_id AS key
)
UPDATE ingest_sourcestate AS s SET etag = '' FROM afresh WHERE s.source = 'tmdb' AND s.key = afresh.key
