-- What the file says of each entry that it means, its first word on everything.
INSERT INTO stage_file_entity (
    kind, key, line, side, entry_id, item, title, original_title, language, year, end_year, what, names, folded,
    folded_names, sort_keys, ids)
SELECT s.kind, s.key, min(s.line), (array_agg(s.side ORDER BY s.line, s.side))[1], min(s.entry_id), min(s.item),
    (array_agg(s.title ORDER BY s.line) FILTER (WHERE s.title IS NOT NULL))[1],
    (array_agg(s.original_title ORDER BY s.line) FILTER (WHERE s.original_title IS NOT NULL))[1],
    (array_agg(s.language ORDER BY s.line) FILTER (WHERE s.language IS NOT NULL))[1],
    min(s.year), min(s.end_year), min(s.what),
    (array_agg(s.names ORDER BY s.line) FILTER (WHERE s.names <> ''))[1],
    (array_agg(s.folded ORDER BY s.line) FILTER (WHERE s.title IS NOT NULL))[1],
    (array_agg(s.folded_names ORDER BY s.line) FILTER (WHERE s.names <> ''))[1],
    (array_agg(s.sort_keys ORDER BY s.line) FILTER (WHERE s.title IS NOT NULL))[1],
    min(given.ids)
FROM stage_file_side AS s
LEFT JOIN (
    SELECT kind, key, string_agg(DISTINCT one.id, ' ' ORDER BY one.id) AS ids
    FROM stage_file_side CROSS JOIN unnest(ids) AS one (id) GROUP BY kind, key
) AS given ON given.kind = s.kind AND given.key = s.key
GROUP BY s.kind, s.key
