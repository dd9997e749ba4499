-- Adaptations that were missing and that their items, asked by themselves, still state.
UPDATE catalogue_adaptation AS t SET missing_since = NULL,
    provenance = t.provenance || jsonb_build_object('missing_since', %(stamp)s::jsonb)
FROM ingest_sweepsuspect AS s
WHERE s.sweep_id = %(sweep)s AND s.adaptation_id = t.id AND s.verdict = 'stated' AND t.missing_since IS NOT NULL
