INSERT INTO {table} ({owner}, scheme, value, source)
SELECT s.row_id, c.row ->> 0, c.row ->> 1, c.row ->> 2
FROM stage_reverted_list AS s, jsonb_array_elements(s.list::jsonb) AS c (row)
ON CONFLICT DO NOTHING
