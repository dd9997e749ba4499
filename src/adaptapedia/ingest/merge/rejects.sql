INSERT INTO ingest_reject AS t (source, key, reason, payload, run_id, first_seen_at)
SELECT %(source)s, s.key, s.reason, s.payload, %(run_id)s, %(at)s FROM {stage} AS s
ON CONFLICT (source, key, reason) DO UPDATE SET payload = excluded.payload
    WHERE t.payload IS DISTINCT FROM excluded.payload
