-- TMDb's metadata of some screen works, and the credits that came with it, unless they are locked. That they went is
-- told; what they said is not. Rows in which a person holds something are left to be emptied of the rest.
WITH chosen AS (
    SELECT t.screen_work_id AS id, t.kind || '/' || t.tmdb_id AS key, t.changed_at
    FROM catalogue_screenmetadata AS t WHERE t.screen_work_id IN ({screen_works})
), gone AS (
    DELETE FROM catalogue_screenmetadata AS t USING chosen WHERE t.screen_work_id = chosen.id AND t.locks = '{{}}'
), uncredited AS (
    DELETE FROM catalogue_screencredit AS c USING chosen, catalogue_screenwork AS e
    WHERE c.screen_work_id = chosen.id AND e.id = chosen.id AND c.source = 'tmdb' AND NOT e.locks ? 'credits'
    RETURNING c.screen_work_id AS id
), counted AS (
    SELECT id, count(*) AS credits FROM uncredited GROUP BY id
)
INSERT INTO ingest_removal (source, key, entry_id, reason, refreshed_at, credits, run_id, removed_at)
SELECT 'tmdb', chosen.key, chosen.id, %(reason)s, coalesce(s.refreshed_at, chosen.changed_at),
    coalesce(counted.credits, 0), %(run_id)s, %(at)s
FROM chosen
LEFT JOIN counted ON counted.id = chosen.id
LEFT JOIN ingest_sourcestate AS s ON s.source = 'tmdb' AND s.key = chosen.key
ORDER BY chosen.id
RETURNING key, credits, entry_id
