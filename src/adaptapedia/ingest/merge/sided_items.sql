-- Items of pairs that have been read and are there: their side, their classes, whether anything says they are based on
-- something. All of them, or those that a redirect leads to.
SELECT item.qid, item.side,
    coalesce((SELECT array_agg(class::bigint) FROM jsonb_array_elements_text(item.record -> 'classes') AS class), '{}'),
    EXISTS (SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND edge.subject = item.qid)
FROM ingest_sweepitem AS item
WHERE item.sweep_id = %(sweep)s AND item.qid > %(after)s AND item.side IN ('work', 'screen', 'person', 'other')
  AND (%(all)s OR EXISTS (
    SELECT FROM ingest_sweepitem AS redirect
    WHERE redirect.sweep_id = item.sweep_id AND redirect.side = 'redirect' AND redirect.target = item.qid))
ORDER BY item.qid LIMIT %(limit)s
