-- Entries that an ingestion has retired and whose items are in pairs again, or people in credits.
UPDATE {table} AS t SET retired_at = NULL, retired_reason = '', updated_at = %(at)s,
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb, 'retired_reason', %(stamp)s::jsonb)
WHERE t.retired_at IS NOT NULL AND t.retired_reason <> '' AND NOT t.locks ? 'retired_at' AND EXISTS (
    SELECT FROM ingest_sweepitem AS item
    WHERE item.sweep_id = %(sweep)s AND item.qid = t.wikidata_id AND item.side = %(side)s AND (%(side)s = 'person' OR EXISTS (
        SELECT FROM ingest_sweepedge AS edge
        WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.subject = item.qid
        UNION ALL
        SELECT FROM ingest_sweepedge AS edge
        WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.source = item.qid)))
