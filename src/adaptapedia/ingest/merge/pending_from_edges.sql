-- Every item of a pair is needed, once.
INSERT INTO ingest_sweepitem (sweep_id, qid, side, problem, people)
SELECT %(sweep)s, qid, 'pending', '', '{}'
FROM (
    SELECT subject AS qid FROM ingest_sweepedge WHERE sweep_id = %(sweep)s
    UNION SELECT source FROM ingest_sweepedge WHERE sweep_id = %(sweep)s
) AS needed
ON CONFLICT DO NOTHING
