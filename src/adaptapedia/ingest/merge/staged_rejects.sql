-- Everything that a sweep could not take in: pairs, people, single values. One row a key and reason.
CREATE TEMPORARY TABLE stage_reject ON COMMIT DROP AS
SELECT DISTINCT ON (key, reason) key, reason, payload
FROM (
    SELECT 'Q' || edge.subject || '>Q' || edge.source AS key, edge.reason, jsonb_build_object(
        'screen', jsonb_strip_nulls(jsonb_build_object(
            'item', 'Q' || edge.subject, 'name', subject.record #> '{label,text}',
            'classes', subject.record -> 'classes', 'redirect_to', subject.record -> 'redirect_to',
            'problems', subject.record -> 'problems')),
        'source', jsonb_strip_nulls(jsonb_build_object(
            'item', 'Q' || edge.source, 'name', source.record #> '{label,text}',
            'classes', source.record -> 'classes', 'redirect_to', source.record -> 'redirect_to',
            'problems', source.record -> 'problems'))) AS payload
    FROM ingest_sweepedge AS edge
    JOIN ingest_sweepitem AS subject ON subject.sweep_id = edge.sweep_id AND subject.qid = edge.subject
    JOIN ingest_sweepitem AS source ON source.sweep_id = edge.sweep_id AND source.qid = edge.source
    WHERE edge.sweep_id = %(sweep)s AND edge.reason <> ''
    UNION ALL
    SELECT 'Q' || item.qid,
        CASE WHEN item.side IN ('absent', 'redirect') THEN 'person_absent'
             WHEN item.problem = 'title_too_long' THEN 'name_too_long'
             ELSE 'person_without_name' END,
        jsonb_strip_nulls(jsonb_build_object(
            'item', 'Q' || item.qid, 'redirect_to', item.record -> 'redirect_to', 'problems', item.record -> 'problems'))
    FROM ingest_sweepitem AS item
    WHERE item.sweep_id = %(sweep)s AND (
        (item.side = 'person' AND item.problem <> '')
        OR (item.reached = '' AND (item.side = 'absent' OR item.side = 'redirect' AND NOT EXISTS (
            SELECT FROM ingest_sweepitem AS target
            WHERE target.sweep_id = item.sweep_id AND target.qid = item.target AND target.side <> 'absent'
        )) AND NOT EXISTS (
            SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND edge.subject = item.qid
            UNION ALL
            SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND edge.source = item.qid
        )))
    UNION ALL
    -- A title that is too long is told here only where the item has another one: else it is its pairs' reason.
    SELECT 'Q' || item.qid || '#' || CASE
            WHEN length(found.value ->> 'value') <= 60 THEN found.value ->> 'value'
            ELSE left(found.value ->> 'value', 50) || '…' || left(md5(found.value ->> 'value'), 8) END,
        found.value ->> 'reason',
        jsonb_build_object('item', 'Q' || item.qid, 'name', item.record #> '{label,text}', 'value', found.value -> 'value')
    FROM ingest_sweepitem AS item, jsonb_array_elements(item.record -> 'problems') AS found (value)
    WHERE item.sweep_id = %(sweep)s AND item.side NOT IN ('absent', 'redirect')
      AND (item.reached = '' OR EXISTS (
        SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND edge.subject = item.qid
        UNION ALL
        SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND edge.source = item.qid))
      AND (found.value ->> 'reason' <> 'title_too_long' OR item.problem = '')
) AS told
ORDER BY key, reason
