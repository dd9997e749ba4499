-- Lists that have changed since their images were taken: what they were goes into the log, and whose they are now
-- into the entry's provenance.
WITH changed AS (
    SELECT o.id, image.list, o.provenance -> '{name}' AS stamp
    FROM {images} AS image JOIN {entry} AS o ON o.id = image.row_id
    WHERE image.list <> {list}
), stamped AS (
    UPDATE {entry} AS t SET provenance = t.provenance || jsonb_build_object('{name}', %(stamp)s::jsonb)
    FROM changed WHERE t.id = changed.id
)
INSERT INTO ingest_change (run_id, source, table_name, row_id, at, before)
SELECT %(run_id)s, %(source)s, '{entry}', id, %(at)s, jsonb_build_object('{name}', jsonb_build_array(list, stamp))
FROM changed
