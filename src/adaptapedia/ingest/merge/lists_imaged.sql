-- The whole lists (credits or external ids) of staged entries, as they are now.
INSERT INTO {images} (row_id, list)
SELECT o.id, {list}
FROM {stage_entry} AS e JOIN {entry} AS o ON o.{join} = e.{join}
