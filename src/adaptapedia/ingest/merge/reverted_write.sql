-- Fields of rows as they were, with the stamps that they had.
UPDATE {table} AS t SET
    ({columns}) = (SELECT {populated} FROM jsonb_populate_record(t, s.fields::jsonb) AS p){more}
FROM stage_reverted AS s
WHERE t.{key} = s.row_id
