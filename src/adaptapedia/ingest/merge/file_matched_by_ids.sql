-- Sides whose external ids the catalogue knows of one entry; an entry of another item is not meant, for ids do clash.
WITH claims AS (
    SELECT s.line, s.side, min(t.id) AS entry_id, count(DISTINCT t.id) AS claimants
    FROM stage_file_side AS s
    CROSS JOIN unnest(s.ids) AS given (id)
    JOIN {external_ids} AS x ON x.scheme = split_part(given.id, ':', 1) AND x.value = split_part(given.id, ':', 2)
    JOIN {table} AS t ON t.id = x.{owner}
    WHERE s.kind = '{kind}' AND s.entry_id IS NULL AND (s.item IS NULL OR t.wikidata_id IS NULL)
    GROUP BY s.line, s.side
)
UPDATE stage_file_side AS s
SET entry_id = CASE WHEN claims.claimants = 1 THEN claims.entry_id END, claimants = claims.claimants
FROM claims WHERE s.line = claims.line AND s.side = claims.side
