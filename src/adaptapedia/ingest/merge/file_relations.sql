-- Pairs that stand under another relation; a person's stands.
UPDATE catalogue_adaptation AS t SET relation = pair.relation,
    provenance = t.provenance || jsonb_build_object('relation', %(stamp)s::jsonb)
FROM ({pairs}) AS pair
WHERE t.id = pair.adaptation_id AND pair.relation <> t.relation AND t.source <> 'person'
