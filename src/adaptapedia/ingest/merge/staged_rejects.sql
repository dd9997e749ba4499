-- Everything that a sweep could not take in: pairs, people, single values.
CREATE TEMPORARY TABLE stage_reject ON COMMIT DROP AS
SELECT 'Q' || edge.subject || '>Q' || edge.source AS key, edge.reason, jsonb_build_object(
    'screen', jsonb_strip_nulls(jsonb_build_object(
        'item', 'Q' || edge.subject, 'name', subject.record #> '{label,text}', 'classes', subject.record -> 'classes',
        'redirect_to', subject.record -> 'redirect_to', 'problems', subject.record -> 'problems')),
    'source', jsonb_strip_nulls(jsonb_build_object(
        'item', 'Q' || edge.source, 'name', source.record #> '{label,text}', 'classes', source.record -> 'classes',
        'redirect_to', source.record -> 'redirect_to', 'problems', source.record -> 'problems'))) AS payload
FROM ingest_sweepedge AS edge
JOIN ingest_sweepitem AS subject ON subject.sweep_id = edge.sweep_id AND subject.qid = edge.subject
JOIN ingest_sweepitem AS source ON source.sweep_id = edge.sweep_id AND source.qid = edge.source
WHERE edge.sweep_id = %(sweep)s AND edge.reason <> ''
UNION ALL
SELECT 'Q' || item.qid, CASE item.side WHEN 'absent' THEN 'person_absent' ELSE 'person_without_name' END,
    jsonb_strip_nulls(jsonb_build_object('item', 'Q' || item.qid, 'redirect_to', item.record -> 'redirect_to'))
FROM ingest_sweepitem AS item
WHERE item.sweep_id = %(sweep)s AND (
    (item.side = 'person' AND item.problem <> '') OR (item.side = 'absent' AND NOT EXISTS (
        SELECT FROM ingest_sweepedge AS edge WHERE edge.sweep_id = item.sweep_id AND item.qid IN (edge.subject, edge.source)
    )))
UNION
SELECT 'Q' || item.qid || '#' || left(found.value ->> 'value', 60), found.value ->> 'reason',
    jsonb_build_object('item', 'Q' || item.qid, 'name', item.record #> '{label,text}', 'value', found.value -> 'value')
FROM ingest_sweepitem AS item, jsonb_array_elements(item.record -> 'problems') AS found (value)
WHERE item.sweep_id = %(sweep)s AND item.side <> 'absent' AND found.value ->> 'reason' <> 'title_too_long'
