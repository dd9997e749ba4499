-- Pairs of redirects, once those of what they lead to are there.
DELETE FROM ingest_sweepedge AS t
USING ingest_sweepitem AS item
WHERE t.sweep_id = %(sweep)s AND item.sweep_id = t.sweep_id AND item.target IS NOT NULL
  AND item.qid IN (t.subject, t.source)
