-- Items of entries that are gone or redirect, as a reading in the company of others says: to be asked for singly.
INSERT INTO ingest_sweepitem (sweep_id, qid, side, problem, people)
SELECT %(sweep)s, unnest(%(qids)s::bigint[]), 'pending', '', '{}'
ON CONFLICT DO NOTHING
