-- Everybody whom the credits of an accepted pair's sides name. An item already read as a source
-- that is neither work nor screen work may be such a person: its record stands.
INSERT INTO ingest_sweepitem AS t (sweep_id, qid, side, problem, people)
SELECT DISTINCT %(sweep)s::bigint, unnest(item.people), 'pending', '', '{}'::bigint[]
FROM ingest_sweepitem AS item
WHERE item.sweep_id = %(sweep)s AND item.side IN ('work', 'screen') AND EXISTS (
    SELECT FROM ingest_sweepedge AS edge
    WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.subject = item.qid
    UNION ALL
    SELECT FROM ingest_sweepedge AS edge
    WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.source = item.qid
)
ON CONFLICT (sweep_id, qid) DO UPDATE SET side = 'person' WHERE t.side = 'other'
