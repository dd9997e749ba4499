-- What a run changed in some rows: each field as it was before the run, and whether it is still as the run left it:
-- by its stamp, or where provenance does not tell of every field (a row without, one with a source of its own) by all
-- values of the row.
WITH former AS (
    SELECT c.row_id, field.key,
        (array_agg(field.value -> 0 ORDER BY c.id))[1] AS was,
        (array_agg(field.value -> 1 ORDER BY c.id))[1] AS stamp,
        (array_agg(field.value -> 2 ORDER BY c.id DESC))[1] AS became
    FROM ingest_change AS c, jsonb_each(c.before) AS field
    WHERE c.run_id = %(reverted)s AND c.table_name = '{table}' AND c.row_id = ANY(%(rows)s)
    GROUP BY c.row_id, field.key
), standing AS (
    SELECT former.*, to_jsonb(t) -> former.key AS now, to_jsonb(t) ? 'provenance' AND NOT to_jsonb(t) ? 'source' AS stamped,
        coalesce(to_jsonb(t) -> 'provenance' -> former.key, to_jsonb(t) #> '{{provenance,*}}') AS now_stamp
    FROM former JOIN {table} AS t ON t.{key} = former.row_id
)
SELECT row_id, key, was, stamp, CASE
    WHEN now_stamp ->> 0 = 'person' THEN 'person'
    WHEN stamped AND now_stamp ->> 1 IS DISTINCT FROM %(reverted)s::text
    THEN coalesce('run ' || (now_stamp ->> 1), now_stamp ->> 0, 'somebody')
    WHEN NOT stamped AND bool_and(now = became) OVER (PARTITION BY row_id) IS NOT TRUE THEN 'somebody'
    ELSE '' END AS whose
FROM standing
