-- What keeps each pair out: the first reason that is true, from the gravest down.
UPDATE ingest_sweepedge AS t SET reason = CASE
    WHEN t.subject = t.source THEN 'same_item'
    WHEN subject.side IN ('absent', 'redirect') THEN 'screen_absent'
    WHEN source.side IN ('absent', 'redirect') THEN 'source_absent'
    WHEN subject.side <> 'screen' THEN 'not_a_screen_work'
    WHEN source.side NOT IN ('work', 'screen') THEN 'source_not_a_work'
    WHEN 'title_too_long' IN (subject.problem, source.problem) THEN 'title_too_long'
    WHEN subject.problem <> '' AND source.problem <> '' THEN 'both_without_name'
    WHEN subject.problem <> '' THEN 'screen_without_name'
    WHEN source.problem <> '' THEN 'source_without_name'
    ELSE '' END
FROM ingest_sweepitem AS subject, ingest_sweepitem AS source
WHERE t.sweep_id = %(sweep)s
  AND subject.sweep_id = t.sweep_id AND subject.qid = t.subject
  AND source.sweep_id = t.sweep_id AND source.qid = t.source
