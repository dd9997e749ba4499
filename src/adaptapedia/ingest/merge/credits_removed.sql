-- Credits that this source once gave to a staged entry and gives no longer; those of sources that yield to it
-- (the starter catalogue, a file), whose places its own credits take; and TMDb's in a role that this source fills now.
DELETE FROM {table} AS t
USING {stage_entry} AS e
JOIN {entry} AS o ON o.wikidata_id = e.wikidata_id
WHERE t.{owner} = o.id AND NOT o.locks ? 'credits'
  AND (t.source = ANY(%(adopted)s) OR t.source = %(source)s AND NOT EXISTS (
    SELECT FROM {stage} AS s WHERE s.wikidata_id = e.wikidata_id AND s.role = t.role AND s.position = t.position
  ) OR t.source = 'tmdb' AND EXISTS (
    SELECT FROM {stage} AS s WHERE s.wikidata_id = e.wikidata_id AND s.role = t.role
  ))
