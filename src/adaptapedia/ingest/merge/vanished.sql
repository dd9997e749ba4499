-- Of what the sweep should see: living adaptations of this source and those that it has not seen, then the same of the
-- items on their sides, and of entries that nothing has met and that are still to be asked for singly.
WITH living AS (
    SELECT a.id, screen.wikidata_id AS subject, coalesce(work.wikidata_id, original.wikidata_id) AS source
    FROM catalogue_adaptation AS a
    JOIN catalogue_screenwork AS screen ON screen.id = a.screen_work_id
    LEFT JOIN catalogue_work AS work ON work.id = a.work_id
    LEFT JOIN catalogue_screenwork AS original ON original.id = a.original_id
    WHERE a.source = %(source)s AND a.retired_at IS NULL
), due AS (
    SELECT subject AS qid FROM living WHERE subject IS NOT NULL
    UNION SELECT source FROM living WHERE source IS NOT NULL
    UNION SELECT qid FROM ingest_sweepitem WHERE sweep_id = %(sweep)s AND side = 'pending'
)
SELECT
    (SELECT count(*) FROM living),
    (SELECT count(*) FROM ingest_sweepsuspect WHERE sweep_id = %(sweep)s),
    (SELECT count(*) FROM due),
    (SELECT count(*) FROM due WHERE NOT EXISTS (
        SELECT FROM ingest_sweepitem AS item
        WHERE item.sweep_id = %(sweep)s AND item.qid = due.qid
          AND item.side NOT IN ('absent', 'pending') AND (item.side <> 'redirect' OR item.target IS NOT NULL)))
