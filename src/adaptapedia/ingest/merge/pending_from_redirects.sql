-- What redirects lead to is needed too.
INSERT INTO ingest_sweepitem (sweep_id, qid, side, problem, people, reached)
SELECT DISTINCT %(sweep)s::bigint, (record ->> 'redirect_to')::bigint, 'pending', '', '{}'::bigint[], 'redirect'
FROM ingest_sweepitem
WHERE sweep_id = %(sweep)s AND side = 'redirect'
ON CONFLICT DO NOTHING
