-- Items told second-hand that tell more than is known of them, which is known from now on. When each was last asked for
-- stays what the first endpoint has made it.
INSERT INTO ingest_sourcestate AS t (source, key, read_at, modified_at, etag)
SELECT %(source)s, 'Q' || s.qid, %(at)s, s.modified::timestamptz, '' FROM stage_second_hand AS s
ON CONFLICT (source, key) DO UPDATE SET modified_at = excluded.modified_at, outcome = ''
WHERE excluded.modified_at > t.modified_at
   OR t.key = ANY(%(new)s) AND t.outcome = '' AND excluded.modified_at IS NOT DISTINCT FROM t.modified_at
RETURNING t.key
