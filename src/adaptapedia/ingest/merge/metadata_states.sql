-- What became of each question. What was kept stays as fresh as it was where nothing new came; what was there and
-- is gone is a suspect until its run ends.
INSERT INTO ingest_sourcestate AS t (source, key, read_at, refreshed_at, outcome, etag, version, run_id)
SELECT %(source)s, s.key, %(at)s, CASE WHEN s.outcome = '' THEN %(at)s::timestamptz END, s.outcome, s.etag,
    %(version)s, %(run_id)s
FROM stage_source_state AS s
ON CONFLICT (source, key) DO UPDATE SET
    read_at = excluded.read_at,
    run_id = excluded.run_id,
    refreshed_at = coalesce(excluded.refreshed_at, t.refreshed_at),
    outcome = CASE WHEN excluded.outcome = 'gone' AND t.outcome <> 'gone' AND t.refreshed_at IS NOT NULL
        THEN 'vanished' ELSE excluded.outcome END,
    etag = CASE WHEN excluded.outcome = '' THEN excluded.etag ELSE t.etag END,
    version = CASE WHEN excluded.outcome = '' THEN excluded.version ELSE t.version END
