SELECT p.line, p.relation, a.entry_id AS screen_work_id, a.key AS screen_key, b.key AS source_key,
    CASE WHEN b.kind = 'work' THEN b.entry_id END AS work_id,
    CASE WHEN b.kind = 'screen_work' THEN b.entry_id END AS original_id,
    coalesce(of_work.id, remake.id) AS adaptation_id,
    coalesce(of_work.relation, remake.relation) AS known_relation, coalesce(of_work.source, remake.source) AS source
FROM stage_file_pair AS p
JOIN stage_file_side AS one ON one.line = p.line AND one.side = 'screen'
JOIN stage_file_side AS other ON other.line = p.line AND other.side = 'source'
JOIN stage_file_entity AS a ON a.kind = one.kind AND a.key = one.key
JOIN stage_file_entity AS b ON b.kind = other.kind AND b.key = other.key
LEFT JOIN catalogue_adaptation AS of_work
    ON of_work.screen_work_id = a.entry_id AND of_work.work_id = b.entry_id AND b.kind = 'work'
LEFT JOIN catalogue_adaptation AS remake
    ON remake.screen_work_id = a.entry_id AND remake.original_id = b.entry_id AND b.kind = 'screen_work'
