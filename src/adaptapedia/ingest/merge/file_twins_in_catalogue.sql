-- Entries that have a new one's title and year; whether the names agree too is seen outside.
SELECT e.line, e.side, e.title, e.folded, e.folded_names, t.id, t.title, t.slug, t.search_text,
    ARRAY(SELECT coalesce(nullif(c.name, ''), p.name) FROM {credits} AS c LEFT JOIN catalogue_person AS p ON p.id = c.person_id
          WHERE c.{owner} = t.id)
FROM stage_file_entity AS e
CROSS JOIN unnest(string_to_array(e.sort_keys, E'\n')) AS sorted (key)
JOIN {table} AS t ON t.sort_key = sorted.key AND t.retired_at IS NULL AND t.year = e.year
WHERE e.kind = '{kind}' AND e.entry_id IS NULL AND (e.item IS NULL OR t.wikidata_id IS NULL)
ORDER BY e.line, e.side, t.id
