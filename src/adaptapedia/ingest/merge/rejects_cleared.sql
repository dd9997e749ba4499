-- What has come good, or is gone, is no reject any more.
DELETE FROM ingest_reject AS t
WHERE t.source = %(source)s
  AND NOT EXISTS (SELECT FROM stage_reject AS s WHERE s.key = t.key AND s.reason = t.reason)
