-- Adaptations of entries that have just been retired, wherever they come from.
UPDATE catalogue_adaptation AS t SET retired_at = %(at)s, retired_reason = 'with_entry',
    provenance = t.provenance || jsonb_build_object('retired_at', %(stamp)s::jsonb)
WHERE t.retired_at IS NULL AND (
    EXISTS (SELECT FROM catalogue_work AS e
        WHERE e.id = t.work_id AND e.retired_at = %(at)s AND e.retired_reason = 'gone')
    OR EXISTS (SELECT FROM catalogue_screenwork AS e
        WHERE e.id IN (t.screen_work_id, t.original_id) AND e.retired_at = %(at)s AND e.retired_reason = 'gone'))
