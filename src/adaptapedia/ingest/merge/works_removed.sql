-- Open Library's metadata of works that no longer have its key. That they went is told; what they said is not.
WITH gone AS (
    DELETE FROM catalogue_workmetadata AS t WHERE t.work_id IN (
        SELECT m.work_id FROM catalogue_workmetadata AS m
        WHERE m.locks = '{}' AND NOT EXISTS (
            SELECT FROM catalogue_workexternalid AS x
            WHERE x.work_id = m.work_id AND x.scheme = 'open_library' AND x.value = m.key)
        ORDER BY m.work_id LIMIT %(size)s
    )
    RETURNING t.work_id AS id, t.key, t.changed_at
)
INSERT INTO ingest_removal (source, key, entry_id, reason, refreshed_at, credits, run_id, removed_at)
SELECT 'open_library', gone.key, gone.id, %(reason)s, coalesce(s.refreshed_at, gone.changed_at), 0, %(run_id)s, %(at)s
FROM gone LEFT JOIN ingest_sourcestate AS s ON s.source = 'open_library' AND s.key = gone.key
ORDER BY gone.id
RETURNING key, credits, entry_id
