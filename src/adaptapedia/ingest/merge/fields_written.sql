-- Some fields of some rows, as staged in JSON, and the stamps that go with them (null: none of its own).
UPDATE {table} AS t SET
    ({columns}) = (SELECT {populated} FROM jsonb_populate_record(t, s.fields::jsonb) AS p){more}
FROM stage_fields AS s
WHERE t.{key} = s.row_id
