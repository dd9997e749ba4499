-- Pairs that the catalogue has from this source and a whole sweep has not seen, or has seen only
-- with a source that is now on the other side (a series where a manga was, under one item).
UPDATE catalogue_adaptation AS t SET missing_since = %(at)s
FROM catalogue_adaptation AS a
JOIN catalogue_screenwork AS screen ON screen.id = a.screen_work_id
LEFT JOIN catalogue_work AS work ON work.id = a.work_id
LEFT JOIN catalogue_screenwork AS original ON original.id = a.original_id
WHERE t.id = a.id AND a.source = %(source)s AND a.missing_since IS NULL AND a.retired_at IS NULL
  AND NOT EXISTS (
    SELECT FROM ingest_sweepedge AS edge
    JOIN ingest_sweepitem AS item ON item.sweep_id = edge.sweep_id AND item.qid = edge.source
    WHERE edge.sweep_id = %(sweep)s AND edge.subject = screen.wikidata_id
      AND edge.source = coalesce(work.wikidata_id, original.wikidata_id)
      AND item.side <> CASE WHEN a.work_id IS NULL THEN 'work' ELSE 'screen' END
  )
