-- New pairs: of a work, or (remake) of another screen work.
INSERT INTO catalogue_adaptation
    (screen_work_id, work_id, original_id, relation, source, confidence, run_id, first_seen_at)
SELECT screen.id, work.id, original.id, CASE WHEN s.is_remake THEN 'remake_of' ELSE 'based_on' END,
    %(source)s, 100, %(run_id)s, %(at)s
FROM stage_pair AS s
JOIN catalogue_screenwork AS screen ON screen.wikidata_id = s.subject
LEFT JOIN catalogue_work AS work ON work.wikidata_id = s.source AND NOT s.is_remake
LEFT JOIN catalogue_screenwork AS original ON original.wikidata_id = s.source AND s.is_remake
LEFT JOIN catalogue_adaptation AS of_work ON of_work.screen_work_id = screen.id AND of_work.work_id = work.id
LEFT JOIN catalogue_adaptation AS remake ON remake.screen_work_id = screen.id AND remake.original_id = original.id
WHERE coalesce(work.id, original.id) IS NOT NULL AND coalesce(of_work.id, remake.id) IS NULL
