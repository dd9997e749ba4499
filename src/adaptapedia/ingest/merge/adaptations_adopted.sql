-- Pairs that a yielding source (the starter catalogue, a file) brought and this one brings too: from now on its own.
UPDATE catalogue_adaptation AS t SET source = %(source)s, run_id = %(run_id)s
FROM stage_pair AS s
JOIN catalogue_screenwork AS screen ON screen.wikidata_id = s.subject
LEFT JOIN catalogue_work AS work ON work.wikidata_id = s.source AND NOT s.is_remake
LEFT JOIN catalogue_screenwork AS original ON original.wikidata_id = s.source AND s.is_remake
WHERE t.source = ANY(%(adopted)s) AND t.screen_work_id = screen.id
  AND (t.work_id = work.id OR t.original_id = original.id)
