-- Everybody whom the credits of an accepted pair's sides name, and whom an earlier sweep has read.
INSERT INTO ingest_sweepitem (sweep_id, qid, side, problem, people, record)
SELECT %(sweep)s, person.qid, 'person', person.problem, person.people, person.record
FROM (
    SELECT DISTINCT unnest(item.people) AS qid
    FROM ingest_sweepitem AS item
    WHERE item.sweep_id = %(sweep)s AND item.side IN ('work', 'screen') AND EXISTS (
        SELECT FROM ingest_sweepedge AS edge
        WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.subject = item.qid
        UNION ALL
        SELECT FROM ingest_sweepedge AS edge
        WHERE edge.sweep_id = item.sweep_id AND edge.reason = '' AND edge.source = item.qid
    )
) AS named
JOIN ingest_sweepitem AS person ON person.sweep_id = %(base)s AND person.qid = named.qid
WHERE person.side IN ('work', 'screen', 'person', 'other') AND person.record ? 'modified'
ON CONFLICT DO NOTHING
