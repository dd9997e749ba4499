-- A list of an entry as it was: what the run's source has put there since goes, what is missing comes back, as far as
-- its place is free and its person still there. What the list was until now goes into the log.
WITH gone AS (
    DELETE FROM {table} AS c USING stage_reverted_list AS s
    WHERE c.{owner} = s.row_id AND c.source = %(source)s AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(s.list::jsonb) AS kept (row) WHERE kept.row = {row}
    )
)
INSERT INTO ingest_change (run_id, source, table_name, row_id, at, before)
SELECT %(run_id)s, 'revert', '{entry}', o.id, %(at)s,
    jsonb_build_object('{name}', jsonb_build_array({list}, o.provenance -> '{name}'))
FROM stage_reverted_list AS s JOIN {entry} AS o ON o.id = s.row_id
