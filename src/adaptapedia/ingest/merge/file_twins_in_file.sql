-- New entries of the file with the title, year and a name of an earlier one that is told apart from it.
SELECT line, side, title, first_line
FROM (
    SELECT e.line, e.side, e.title, e.item, e.entry_id,
        first_value(e.line) OVER same AS first_line, first_value(e.key) OVER same AS first_key, e.key,
        first_value(e.item) OVER same AS first_item
    FROM stage_file_entity AS e
    CROSS JOIN unnest(string_to_array(coalesce(e.folded_names, '') || E'\n', E'\n')) WITH ORDINALITY AS named (name, place)
    WHERE e.title IS NOT NULL AND (named.name <> '' OR e.folded_names IS NULL AND named.place = 1)
    WINDOW same AS (PARTITION BY e.kind, e.folded, e.year, named.name ORDER BY e.line, e.key)
) AS told
WHERE key <> first_key AND entry_id IS NULL AND (item IS NULL OR first_item IS NULL)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2
