-- Items that are on another side than was thought.
UPDATE ingest_sweepitem AS t SET side = s.side
FROM stage_side AS s
WHERE t.sweep_id = %(sweep)s AND t.qid = s.qid
