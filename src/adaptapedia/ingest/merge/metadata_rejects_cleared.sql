-- What has come good. An answer that says it is as it was tells nothing but that there was an answer.
DELETE FROM ingest_reject AS t
USING stage_told AS s
WHERE t.source = %(source)s AND t.key = s.key AND (s.whole OR t.reason = 'not_read')
  AND NOT EXISTS (SELECT FROM stage_told_reject AS r WHERE r.key = t.key AND r.reason = t.reason)
