-- Redirects whose pairs are now those of what they lead to: nobody misses them.
UPDATE ingest_sweepitem SET reached = 'redirect'
WHERE sweep_id = %(sweep)s AND side = 'redirect' AND target IS NOT NULL AND reached = ''
