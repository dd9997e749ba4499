-- Which sides of the file mean one entry: those with one entry or item, those that share an external id with them or
-- with each other, and else those that say the same title, year and names.
UPDATE stage_file_side SET key = CASE WHEN entry_id IS NOT NULL THEN 'e' || entry_id WHEN item IS NOT NULL THEN 'q' || item END;
WITH known AS (
    SELECT DISTINCT s.kind, given.id, s.key, s.entry_id
    FROM stage_file_side AS s CROSS JOIN unnest(s.ids) AS given (id) WHERE s.key IS NOT NULL
), shared AS (
    SELECT s.line, s.side, min(known.key) AS key, min(known.entry_id) AS entry_id, count(DISTINCT known.key) AS number
    FROM stage_file_side AS s CROSS JOIN unnest(s.ids) AS given (id) JOIN known ON known.kind = s.kind AND known.id = given.id
    WHERE s.key IS NULL GROUP BY s.line, s.side
)
UPDATE stage_file_side AS s
SET key = shared.key, entry_id = shared.entry_id, claimants = greatest(s.claimants, shared.number)
FROM shared WHERE s.line = shared.line AND s.side = shared.side;
WITH own AS (
    SELECT s.line, s.side, s.kind, given.id, min(given.id) OVER (PARTITION BY s.line, s.side) AS least
    FROM stage_file_side AS s CROSS JOIN unnest(s.ids) AS given (id) WHERE s.key IS NULL
), shared AS (
    SELECT kind, id, min(least) AS least FROM own GROUP BY kind, id
), chosen AS (
    SELECT own.line, own.side, min(shared.least) AS least
    FROM own JOIN shared ON shared.kind = own.kind AND shared.id = own.id GROUP BY own.line, own.side
)
UPDATE stage_file_side AS s SET key = 'i' || chosen.least FROM chosen WHERE s.line = chosen.line AND s.side = chosen.side;
UPDATE stage_file_side SET key = 't' || by_title WHERE key IS NULL
