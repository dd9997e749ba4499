-- Where each redirect leads in the end, over any number of others. Those in a circle lead nowhere.
WITH RECURSIVE chain AS (
    SELECT qid AS start, (record ->> 'redirect_to')::bigint AS place, ARRAY[qid] AS passed
    FROM ingest_sweepitem WHERE sweep_id = %(sweep)s AND side = 'redirect'
    UNION ALL
    SELECT chain.start, (item.record ->> 'redirect_to')::bigint, chain.passed || item.qid
    FROM chain
    JOIN ingest_sweepitem AS item ON item.sweep_id = %(sweep)s AND item.qid = chain.place
    WHERE item.side = 'redirect' AND item.qid <> ALL(chain.passed)
)
UPDATE ingest_sweepitem AS t SET target = item.qid
FROM chain
JOIN ingest_sweepitem AS item ON item.sweep_id = %(sweep)s AND item.qid = chain.place AND item.side <> 'redirect'
WHERE t.sweep_id = %(sweep)s AND t.qid = chain.start AND t.target IS DISTINCT FROM item.qid
