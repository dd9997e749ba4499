-- A batch of items that has been read.
UPDATE ingest_sweepitem AS t
SET side = s.side, problem = s.problem, people = s.people::bigint[], record = s.record::jsonb
FROM stage_read_item AS s
WHERE t.sweep_id = %(sweep)s AND t.qid = s.qid
