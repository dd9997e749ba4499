-- Everything that is wrong with rows beside other rows and beside the catalogue: line, column, reason, value.
SELECT line, side || '_item', 'its external ids belong to ' || claimants || ' entries: name the item', array_to_string(ids, ' ')
FROM stage_file_side WHERE claimants > 1 AND item IS NULL
UNION ALL
SELECT s.line, s.side || '_item', 'shares ' || apart.id || ' with line ' || apart.line || ', which seems to mean another entry: name the item', ''
FROM (
    SELECT kind, given.id, min(line) AS line, min(key) AS key
    FROM stage_file_side CROSS JOIN unnest(ids) AS given (id)
    WHERE key LIKE 'i%%' GROUP BY kind, given.id HAVING count(DISTINCT key) > 1
) AS apart
JOIN stage_file_side AS s ON s.kind = apart.kind AND apart.id = ANY(s.ids) AND s.key <> apart.key AND s.key LIKE 'i%%'
{otherwise}
UNION ALL
SELECT e.line, e.side || '_title', 'a new entry needs a title', coalesce('Q' || e.item, replace(e.ids, ':', ' '))
FROM stage_file_entity AS e WHERE e.entry_id IS NULL AND e.title IS NULL
UNION ALL
SELECT e.line, CASE e.side WHEN 'screen' THEN 'screen_kind' ELSE 'source_form' END,
    'a new screen work needs its kind (film, series, …)', coalesce(e.title, '')
FROM stage_file_entity AS e WHERE e.entry_id IS NULL AND e.what IS NULL AND e.kind = 'screen_work'
UNION ALL
SELECT line, '', CASE WHEN screen_key = source_key AND kind = 'screen_work'
    THEN 'both sides mean the same screen work' ELSE 'the same pair as in line ' || first_line END, ''
FROM (
    SELECT a.line, a.key AS screen_key, b.key AS source_key, b.kind,
        first_value(a.line) OVER (PARTITION BY a.key, b.kind, b.key ORDER BY a.line) AS first_line
    FROM stage_file_side AS a JOIN stage_file_side AS b ON b.line = a.line AND b.side = 'source'
    WHERE a.side = 'screen'
) AS pair
WHERE line > first_line OR (screen_key = source_key AND kind = 'screen_work')
ORDER BY 1, 2, 3
