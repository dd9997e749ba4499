-- Living adaptations of this source that the sweep has not seen, or has seen only with an item that is not there, or
-- with a source that is now on the other side (a series where a manga was, under one item).
INSERT INTO ingest_sweepsuspect (sweep_id, adaptation_id, subject, source, is_remake, verdict)
SELECT %(sweep)s, a.id, screen.wikidata_id, coalesce(work.wikidata_id, original.wikidata_id), a.work_id IS NULL, ''
FROM catalogue_adaptation AS a
JOIN catalogue_screenwork AS screen ON screen.id = a.screen_work_id
LEFT JOIN catalogue_work AS work ON work.id = a.work_id
LEFT JOIN catalogue_screenwork AS original ON original.id = a.original_id
LEFT JOIN ingest_sweepitem AS led_subject
    ON led_subject.sweep_id = %(sweep)s AND led_subject.qid = screen.wikidata_id
LEFT JOIN ingest_sweepitem AS led_source
    ON led_source.sweep_id = %(sweep)s AND led_source.qid = coalesce(work.wikidata_id, original.wikidata_id)
WHERE a.source = %(source)s AND a.retired_at IS NULL
  AND screen.wikidata_id IS NOT NULL AND coalesce(work.wikidata_id, original.wikidata_id) IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM ingest_sweepedge AS edge
    JOIN ingest_sweepitem AS subject ON subject.sweep_id = edge.sweep_id AND subject.qid = edge.subject
    JOIN ingest_sweepitem AS source ON source.sweep_id = edge.sweep_id AND source.qid = edge.source
    WHERE edge.sweep_id = %(sweep)s
      AND edge.subject = coalesce(led_subject.target, screen.wikidata_id)
      AND edge.source = coalesce(led_source.target, work.wikidata_id, original.wikidata_id)
      AND subject.side NOT IN ('absent', 'redirect')
      AND source.side NOT IN ('absent', 'redirect', CASE WHEN a.work_id IS NULL THEN 'work' ELSE 'screen' END)
  )
ON CONFLICT DO NOTHING
