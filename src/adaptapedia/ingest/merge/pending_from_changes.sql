-- Carried over, but changed since.
UPDATE ingest_sweepitem SET side = 'pending'
WHERE sweep_id = %(sweep)s AND qid = ANY(%(qids)s::bigint[]) AND side <> 'pending'
