INSERT INTO {table} ({owner}, scheme, value, source)
SELECT o.id, s.scheme, s.value, %(source)s
FROM {stage} AS s
JOIN {entry} AS o ON o.wikidata_id = s.wikidata_id AND NOT o.locks ? 'external_ids'
WHERE NOT EXISTS (
    SELECT FROM {table} AS t WHERE t.{owner} = o.id AND t.scheme = s.scheme AND t.value = s.value
)
ON CONFLICT DO NOTHING
