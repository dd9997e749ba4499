"""How long rejects are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from adaptapedia.scheduling.retention import delete_in_batches

KEPT_FOR = timedelta(days=365)
"""A year after it was first seen. What an upstream still says then is a reject again at the next whole reading."""

DELETE = """
    WITH looked AS MATERIALIZED (
        SELECT id, first_seen_at FROM ingest_reject WHERE id > %(after)s ORDER BY id LIMIT %(size)s
    ),
    gone AS (
        DELETE FROM ingest_reject AS reject USING looked
        WHERE reject.id = looked.id AND looked.first_seen_at < %(before)s RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), CASE WHEN bool_or(first_seen_at < %(before)s) THEN max(id) END FROM looked
"""


def delete_old_rejects(*, now: datetime) -> Iterator[int]:
    """Delete rejects that were first seen too long ago; yields how many after each batch, committed."""
    return delete_in_batches(DELETE, before=now - KEPT_FOR)
