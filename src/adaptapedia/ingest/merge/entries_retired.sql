-- Entries whose items, asked for singly, are gone. What a person has retired or restored stands.
UPDATE {table} AS t SET retired_at = %(at)s, retired_reason = 'gone', updated_at = %(at)s,
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb, 'retired_reason', %(stamp)s::jsonb)
WHERE t.retired_at IS NULL AND NOT t.locks ? 'retired_at' AND t.wikidata_id IN (
    SELECT item.qid
    FROM ingest_sweepitem AS item
    LEFT JOIN ingest_sweepitem AS target ON target.sweep_id = item.sweep_id AND target.qid = item.target
    WHERE item.sweep_id = %(sweep)s AND item.reached = 'suspect'
      AND (item.side = 'absent' OR item.side = 'redirect' AND coalesce(target.side, 'absent') = 'absent')
)
