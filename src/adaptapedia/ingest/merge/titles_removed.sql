-- TMDb's metadata of some screen works, and the credits that came with it, unless they are locked. That they went is
-- told; what they said is not.
WITH gone AS (
    DELETE FROM catalogue_screenmetadata AS t WHERE t.screen_work_id IN ({screen_works})
    RETURNING t.screen_work_id AS id, t.kind || '/' || t.tmdb_id AS key, t.changed_at
), uncredited AS (
    DELETE FROM catalogue_screencredit AS c USING gone, catalogue_screenwork AS e
    WHERE c.screen_work_id = gone.id AND e.id = gone.id AND c.source = 'tmdb' AND NOT e.locks ? 'credits'
    RETURNING c.screen_work_id AS id
), counted AS (
    SELECT id, count(*) AS credits FROM uncredited GROUP BY id
)
INSERT INTO ingest_removal (source, key, entry_id, reason, refreshed_at, credits, run_id, removed_at)
SELECT 'tmdb', gone.key, gone.id, %(reason)s, coalesce(s.refreshed_at, gone.changed_at), coalesce(counted.credits, 0),
    %(run_id)s, %(at)s
FROM gone
LEFT JOIN counted ON counted.id = gone.id
LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = gone.key
ORDER BY gone.id
RETURNING key, credits
