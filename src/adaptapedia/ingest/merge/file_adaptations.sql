INSERT INTO catalogue_adaptation
    (screen_work_id, work_id, original_id, relation, source, confidence, run_id, first_seen_at)
SELECT screen_work_id, work_id, original_id, coalesce(relation, 'based_on'), %(source)s, 100, %(run_id)s, %(at)s
FROM ({pairs}) AS pair WHERE adaptation_id IS NULL ORDER BY line
