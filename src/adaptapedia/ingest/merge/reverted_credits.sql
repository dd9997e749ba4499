INSERT INTO {table} ({owner}, role, position, person_id, name, source)
SELECT s.row_id, c.row ->> 0, (c.row ->> 1)::smallint, (c.row ->> 2)::bigint, c.row ->> 3, c.row ->> 4
FROM stage_reverted_list AS s, jsonb_array_elements(s.list::jsonb) AS c (row)
WHERE c.row ->> 2 IS NULL OR EXISTS (SELECT FROM catalogue_person AS p WHERE p.id = (c.row ->> 2)::bigint)
ON CONFLICT DO NOTHING
