-- Pairs that were missing upstream and are there again.
UPDATE catalogue_adaptation AS t SET missing_since = NULL,
    provenance = t.provenance || jsonb_build_object('missing_since', %(stamp)s::jsonb)
FROM stage_pair AS s
JOIN catalogue_screenwork AS screen ON screen.wikidata_id = s.subject
LEFT JOIN catalogue_work AS work ON work.wikidata_id = s.source AND NOT s.is_remake
LEFT JOIN catalogue_screenwork AS original ON original.wikidata_id = s.source AND s.is_remake
WHERE t.missing_since IS NOT NULL AND t.screen_work_id = screen.id
  AND (t.work_id = work.id OR t.original_id = original.id)
