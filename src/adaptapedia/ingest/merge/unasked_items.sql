-- Items of suspects, those of entries that nothing has met, and what those that redirect lead to, which have not been asked for by themselves.
SELECT DISTINCT needed.qid
FROM (
    SELECT unnest(ARRAY[subject, source]) AS qid FROM ingest_sweepsuspect WHERE sweep_id = %(sweep)s AND verdict = ''
    UNION
    SELECT qid FROM ingest_sweepitem WHERE sweep_id = %(sweep)s AND side = 'pending'
    UNION
    SELECT (item.record ->> 'redirect_to')::bigint FROM ingest_sweepitem AS item
    WHERE item.sweep_id = %(sweep)s AND item.reached = 'suspect' AND item.side = 'redirect'
) AS needed
WHERE NOT EXISTS (
    SELECT FROM ingest_sweepitem AS item
    WHERE item.sweep_id = %(sweep)s AND item.qid = needed.qid AND item.reached = 'suspect')
ORDER BY needed.qid
