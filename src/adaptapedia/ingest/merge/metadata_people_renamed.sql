-- Names of people whom only TMDb knows, unless a person has written theirs.
UPDATE catalogue_person AS t SET
    name = s.name, sort_key = s.sort_key, search_text = s.search_text,
    provenance = t.provenance || jsonb_build_object(
        'name', %(stamp)s::jsonb, 'sort_key', %(stamp)s::jsonb, 'search_text', %(stamp)s::jsonb
    ),
    updated_at = %(at)s
FROM stage_title_person AS s
WHERE t.id = s.person_id AND t.wikidata_id IS NULL AND t.provenance #>> '{*,0}' = %(source)s
  AND t.name IS DISTINCT FROM s.name AND NOT t.locks ? 'name'
