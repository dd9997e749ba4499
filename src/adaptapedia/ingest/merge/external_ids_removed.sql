-- Ids that this source once gave to a staged entry and gives no longer, and those of sources that yield to it.
DELETE FROM {table} AS t
USING {stage_entry} AS e
JOIN {entry} AS o ON o.wikidata_id = e.wikidata_id
WHERE t.{owner} = o.id AND (t.source = %(source)s OR t.source = ANY(%(adopted)s)) AND NOT o.locks ? 'external_ids'
  AND NOT EXISTS (
    SELECT FROM {stage} AS s
    WHERE s.wikidata_id = e.wikidata_id AND s.scheme = t.scheme AND s.value = t.value
  )
