-- Credits of the roles that no other source has a word on, by their place.
MERGE INTO catalogue_screencredit AS t
USING (
    SELECT s.* FROM stage_title_credit AS s
    JOIN catalogue_screenwork AS o ON o.id = s.screen_work_id AND NOT o.locks ? 'credits'
) AS s ON t.screen_work_id = s.screen_work_id AND t.role = s.role AND t.position = s.position
WHEN MATCHED AND t.source = %(source)s AND t.person_id IS DISTINCT FROM s.person_id THEN
    UPDATE SET person_id = s.person_id, name = ''
WHEN NOT MATCHED THEN INSERT (screen_work_id, role, position, person_id, name, source)
    VALUES (s.screen_work_id, s.role, s.position, s.person_id, '', %(source)s)
