-- Adaptations that an ingestion has retired: stated again, or retired with an entry that is back.
UPDATE catalogue_adaptation AS t SET retired_at = NULL, retired_reason = '', missing_since = NULL,
    provenance = t.provenance || jsonb_strip_nulls(jsonb_build_object('retired_at', %(stamp)s::jsonb,
        'missing_since', CASE WHEN t.missing_since IS NOT NULL THEN %(stamp)s::jsonb END))
FROM catalogue_adaptation AS a
JOIN catalogue_screenwork AS screen ON screen.id = a.screen_work_id
LEFT JOIN catalogue_work AS work ON work.id = a.work_id
LEFT JOIN catalogue_screenwork AS original ON original.id = a.original_id
WHERE t.id = a.id AND a.retired_at IS NOT NULL AND a.retired_reason <> ''
  AND coalesce(screen.retired_at, work.retired_at, original.retired_at) IS NULL
  AND (a.retired_reason = 'with_entry' AND a.source <> %(source)s OR EXISTS (
    SELECT FROM ingest_sweepedge AS edge
    JOIN ingest_sweepitem AS item ON item.sweep_id = edge.sweep_id AND item.qid = edge.source
    WHERE edge.sweep_id = %(sweep)s AND edge.reason = '' AND edge.subject = screen.wikidata_id
      AND edge.source = coalesce(work.wikidata_id, original.wikidata_id)
      AND item.side = CASE WHEN a.work_id IS NULL THEN 'screen' ELSE 'work' END))
