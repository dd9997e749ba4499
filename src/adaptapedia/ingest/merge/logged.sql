-- A statement that writes rows of a table under the name t, and what the rows that it changed were before: the other
-- parts of one statement still see them as they were. Rows that are new, or differ in bookkeeping alone, are not told.
WITH written AS ({write} RETURNING t.*)
INSERT INTO ingest_change (run_id, source, table_name, row_id, at, before)
SELECT %(run_id)s, %(source)s, '{table}', told.row_id, %(at)s, told.before
FROM (
    SELECT image.row_id, nullif(
        coalesce((
            SELECT jsonb_object_agg(was.key, CASE
                WHEN image.was ? 'provenance' AND NOT image.was ? 'source'
                THEN jsonb_build_array(was.value, image.was -> 'provenance' -> was.key)
                ELSE jsonb_build_array(was.value, image.was -> 'provenance' -> was.key, now.value) END)
            FROM jsonb_each(image.was) AS was JOIN jsonb_each(image.now) AS now USING (key)
            WHERE was.value <> now.value AND was.key <> ALL('{bookkeeping}')
        ), '{{}}') || CASE
            WHEN image.was #> '{{provenance,*}}' <> image.now #> '{{provenance,*}}'
            THEN jsonb_build_object('*', jsonb_build_array(NULL, image.was #> '{{provenance,*}}'))
            ELSE '{{}}' END,
        '{{}}') AS before
    FROM (
        SELECT former.{key} AS row_id, to_jsonb(former) AS was, to_jsonb(written) AS now
        FROM written JOIN {table} AS former ON former.{key} = written.{key}
    ) AS image
) AS told
WHERE told.before IS NOT NULL
