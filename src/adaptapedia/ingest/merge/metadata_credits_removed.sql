-- Credits that TMDb once gave to a staged title and gives no longer, or that another source now has a word on.
DELETE FROM catalogue_screencredit AS t
USING stage_screen_metadata AS e
JOIN catalogue_screenwork AS o ON o.id = e.screen_work_id
WHERE t.screen_work_id = o.id AND t.source = %(source)s AND NOT o.locks ? 'credits'
  AND NOT EXISTS (
    SELECT FROM stage_title_credit AS s
    WHERE s.screen_work_id = o.id AND s.role = t.role AND s.position = t.position
  )
