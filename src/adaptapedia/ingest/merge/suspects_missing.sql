-- Since when suspects have been missing, whatever becomes of them.
UPDATE catalogue_adaptation AS t SET missing_since = %(at)s,
    provenance = t.provenance || jsonb_build_object('missing_since', %(stamp)s::jsonb)
FROM ingest_sweepsuspect AS s
WHERE s.sweep_id = %(sweep)s AND s.adaptation_id = t.id AND s.verdict <> 'stated' AND t.missing_since IS NULL
