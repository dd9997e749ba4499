UNION ALL
SELECT line, {column}, 'line ' || first_line || ' says otherwise of the same entry: ' || left(first_value, 60), left(value, 60)
FROM (
    SELECT line, side, {field}::text AS value, first_value({field}::text) OVER same AS first_value,
        first_value(line) OVER same AS first_line
    FROM stage_file_side WHERE {field} IS NOT NULL AND {field}::text <> ''
    WINDOW same AS (PARTITION BY kind, key ORDER BY line, side)
) AS told
WHERE value <> first_value
