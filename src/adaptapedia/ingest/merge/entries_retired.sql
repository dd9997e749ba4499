-- Entries whose items are gone, of suspects that were asked for. What a person has retired or restored stands.
UPDATE {table} AS t SET retired_at = %(at)s, retired_reason = 'gone', updated_at = %(at)s,
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb, 'retired_reason', %(stamp)s::jsonb)
WHERE t.retired_at IS NULL AND NOT t.locks ? 'retired_at' AND t.wikidata_id IN (
    SELECT item.qid
    FROM ingest_sweepsuspect AS suspect
    JOIN ingest_sweepitem AS item ON item.sweep_id = suspect.sweep_id AND item.qid IN (suspect.subject, suspect.source)
    LEFT JOIN ingest_sweepitem AS target ON target.sweep_id = item.sweep_id AND target.qid = item.target
    WHERE suspect.sweep_id = %(sweep)s AND suspect.verdict IN ('screen_gone', 'source_gone')
      AND (item.side = 'absent' OR item.side = 'redirect' AND coalesce(target.side, 'absent') = 'absent')
)
