-- An item that is asked for by itself: it may have been read before, in the company of others.
INSERT INTO ingest_sweepitem AS t (sweep_id, qid, side, problem, people, single)
VALUES (%(sweep)s, %(qid)s, 'pending', '', '{}', true)
ON CONFLICT (sweep_id, qid) DO UPDATE SET single = true
