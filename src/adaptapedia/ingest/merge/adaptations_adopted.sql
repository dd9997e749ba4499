-- Pairs that a yielding source (the starter catalogue, a file) brought and this one brings too: from now on its own.
-- A finer relation, which this one does not know, stays that of whoever brought it.
UPDATE catalogue_adaptation AS t SET source = %(source)s, run_id = %(run_id)s,
    provenance = CASE WHEN t.relation <> CASE WHEN s.is_remake THEN 'remake_of' ELSE 'based_on' END
        THEN jsonb_build_object('relation', jsonb_build_array(t.source, t.run_id, t.first_seen_at)) || t.provenance
        ELSE t.provenance END
FROM stage_pair AS s
JOIN catalogue_screenwork AS screen ON screen.wikidata_id = s.subject
LEFT JOIN catalogue_work AS work ON work.wikidata_id = s.source AND NOT s.is_remake
LEFT JOIN catalogue_screenwork AS original ON original.wikidata_id = s.source AND s.is_remake
WHERE t.source = ANY(%(adopted)s) AND t.screen_work_id = screen.id
  AND (t.work_id = work.id OR t.original_id = original.id)
