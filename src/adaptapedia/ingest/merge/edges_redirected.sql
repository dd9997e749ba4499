-- Pairs of what redirects lead to, in the place of pairs of the redirects.
INSERT INTO ingest_sweepedge (sweep_id, subject, source, reason)
SELECT DISTINCT edge.sweep_id, coalesce(subject.target, edge.subject), coalesce(source.target, edge.source), ''
FROM ingest_sweepedge AS edge
LEFT JOIN ingest_sweepitem AS subject ON subject.sweep_id = edge.sweep_id AND subject.qid = edge.subject
LEFT JOIN ingest_sweepitem AS source ON source.sweep_id = edge.sweep_id AND source.qid = edge.source
WHERE edge.sweep_id = %(sweep)s AND coalesce(subject.target, source.target) IS NOT NULL
ON CONFLICT DO NOTHING
