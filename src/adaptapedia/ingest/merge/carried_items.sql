-- Items of pairs that an earlier sweep has read and that say when they last changed.
INSERT INTO ingest_sweepitem (sweep_id, qid, side, problem, people, record)
SELECT %(sweep)s, item.qid, item.side, item.problem, item.people, item.record
FROM (
    SELECT subject AS qid FROM ingest_sweepedge WHERE sweep_id = %(sweep)s
    UNION SELECT source FROM ingest_sweepedge WHERE sweep_id = %(sweep)s
) AS needed
JOIN ingest_sweepitem AS item ON item.sweep_id = %(base)s AND item.qid = needed.qid
WHERE item.side IN ('work', 'screen', 'person', 'other') AND item.record ? 'modified'
ON CONFLICT DO NOTHING
