-- Credits by their place. A person without an entry (no name in any language) leaves a gap.
MERGE INTO {table} AS t
USING (
    SELECT o.id AS owner_id, s.role, s.position, s.person_id, s.name
    FROM {stage} AS s
    JOIN {entry} AS o ON o.wikidata_id = s.wikidata_id AND NOT o.locks ? 'credits'
) AS s ON t.{owner} = s.owner_id AND t.role = s.role AND t.position = s.position
WHEN MATCHED AND t.source = %(source)s AND (t.person_id IS DISTINCT FROM s.person_id OR t.name <> s.name) THEN
    UPDATE SET person_id = s.person_id, name = s.name
WHEN NOT MATCHED THEN INSERT ({owner}, role, position, person_id, name, source)
    VALUES (s.owner_id, s.role, s.position, s.person_id, s.name, %(source)s)
