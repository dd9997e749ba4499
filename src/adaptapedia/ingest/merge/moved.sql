INSERT INTO catalogue_workexternalid (work_id, scheme, value, source)
SELECT o.id, 'open_library', s.value, %(source)s
FROM stage_moved AS s JOIN catalogue_work AS o ON o.id = s.id AND NOT o.locks ? 'external_ids'
ORDER BY o.id
FOR KEY SHARE OF o
ON CONFLICT DO NOTHING
