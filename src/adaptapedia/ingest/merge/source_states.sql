-- What is known of items that a sweep has read: when each last changed, and whether it is gone or merged into another.
-- Where the sweep is whole all were read; else those that differ were, and what was carried over is known.
-- Looked up one by one: a join may read the whole table for each batch.
INSERT INTO ingest_sourcestate AS t (source, key, read_at, modified_at, outcome, etag)
SELECT %(source)s, item.key, %(at)s, item.modified_at, item.outcome, ''
FROM (
    SELECT 'Q' || qid AS key, (record ->> 'modified')::timestamptz AS modified_at,
        CASE side WHEN 'absent' THEN 'gone' WHEN 'redirect' THEN 'moved' ELSE '' END AS outcome
    FROM ingest_sweepitem
    WHERE sweep_id = %(sweep)s AND side = ANY(%(sides)s) AND qid > %(after)s AND qid <= %(until)s
) AS item
WHERE %(is_whole)s OR coalesce((
    SELECT (known.modified_at, known.outcome) IS DISTINCT FROM (item.modified_at, item.outcome)
    FROM ingest_sourcestate AS known WHERE known.source = %(source)s AND known.key = item.key), true)
ON CONFLICT (source, key) DO UPDATE SET
    read_at = excluded.read_at, modified_at = excluded.modified_at, outcome = excluded.outcome
