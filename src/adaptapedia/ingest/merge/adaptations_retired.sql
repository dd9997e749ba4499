-- Adaptations that are no longer stated.
UPDATE catalogue_adaptation AS t SET retired_at = %(at)s, retired_reason = 'unstated',
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb)
FROM ingest_sweepsuspect AS s
WHERE s.sweep_id = %(sweep)s AND s.adaptation_id = t.id AND s.verdict IN ('unstated', 'other_side')
  AND t.retired_at IS NULL
