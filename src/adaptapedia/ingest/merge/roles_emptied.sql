-- Screen works in which this source has left a role to others since the images of their credits were taken.
SELECT DISTINCT image.row_id
FROM {images} AS image, jsonb_array_elements(image.list) AS was (credit)
WHERE was.credit ->> 4 = %(source)s AND NOT EXISTS (
    SELECT FROM {table} AS t WHERE t.{owner} = image.row_id AND t.role = was.credit ->> 0
)
