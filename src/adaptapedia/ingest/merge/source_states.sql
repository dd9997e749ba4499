-- When each item was last read, and what its upstream says of its last change.
INSERT INTO ingest_sourcestate AS t (source, key, read_at, modified_at, etag)
SELECT %(source)s, 'Q' || s.qid, %(at)s, s.modified::timestamptz, ''
FROM stage_read_item AS s
ON CONFLICT (source, key) DO UPDATE SET read_at = excluded.read_at, modified_at = excluded.modified_at
