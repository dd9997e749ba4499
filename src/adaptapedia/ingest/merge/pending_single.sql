-- An item that is asked for by itself: it may have been read before, in the company of others.
INSERT INTO ingest_sweepitem AS t (sweep_id, qid, side, problem, people, reached)
VALUES (%(sweep)s, %(qid)s, 'pending', '', '{}', 'suspect')
ON CONFLICT (sweep_id, qid) DO UPDATE SET reached = 'suspect'
