-- Pairs that stand under another relation; a person's stands.
UPDATE catalogue_adaptation AS t SET relation = pair.relation
FROM ({pairs}) AS pair
WHERE t.id = pair.adaptation_id AND pair.relation <> t.relation AND t.source <> 'person'
