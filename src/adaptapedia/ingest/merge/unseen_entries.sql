-- Items of living entries that came from this source and of which the sweep has met nothing: no pair, no credit.
SELECT living.qid
FROM (
    SELECT wikidata_id AS qid, provenance FROM catalogue_work WHERE retired_at IS NULL
    UNION ALL SELECT wikidata_id, provenance FROM catalogue_screenwork WHERE retired_at IS NULL
    UNION ALL SELECT wikidata_id, provenance FROM catalogue_person WHERE retired_at IS NULL
) AS living
WHERE living.qid > %(after)s AND living.provenance #>> '{*,0}' = %(source)s
  AND NOT EXISTS (SELECT FROM ingest_sweepitem AS item WHERE item.sweep_id = %(sweep)s AND item.qid = living.qid)
ORDER BY living.qid LIMIT %(limit)s
