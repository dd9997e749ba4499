-- Descriptions of works whose metadata are there, unless a person has written theirs.
UPDATE catalogue_workmetadata AS t SET
    description = s.description,
    provenance = t.provenance || jsonb_build_object('description', %(stamp)s::jsonb),
    changed_at = %(at)s
FROM stage_description AS s
WHERE t.work_id = s.work_id AND t.description IS DISTINCT FROM s.description AND NOT t.locks ? 'description'
