"""What scheduling keeps for how long. Nothing grows for ever, and nothing goes that somebody still needs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from adaptapedia.kit.batches import in_batches
from adaptapedia.scheduling.models import JobRun, Presence
from adaptapedia.scheduling.terms import DAY

RUNS_KEPT_FOR = 180 * DAY
"""Half a year, so that one can compare seasons; what a run changed elsewhere is kept no longer than this."""
NEWEST_KEPT = 50
"""Of each schedule, whatever their age: a yearly one has a history too, from which bands are learned."""
RUNS_AT_MOST = 100_000
"""Of each schedule, whatever their age: a day of one that is due each second, of which half a year is 15 million."""
LINES_KEPT_FOR = 30 * DAY
"""Who looks into a run does so within days; lines are most of what a run takes up."""
TROUBLES_KEPT_FOR = 180 * DAY
"""As long as the runs that they tell of; open ones stay."""
DEAD_KEPT_FOR = DAY
"""Beats and workers that died: long enough to be told and looked at, and then forgotten."""

# Rows stand in the order of their making: the first batch without an old one is the last.
RUNS = """
    WITH looked AS MATERIALIZED (
        SELECT id, schedule_name, created_at FROM scheduling_jobrun WHERE id > %(after)s ORDER BY id LIMIT %(size)s
    ),
    gone AS (
        DELETE FROM scheduling_jobrun AS run USING looked
        WHERE run.id = looked.id AND run.finished_at < %(before)s AND run.state <> ALL (%(open)s)
        AND run.id < (
            SELECT id FROM scheduling_jobrun WHERE schedule_name = looked.schedule_name
            ORDER BY id DESC OFFSET %(newest)s - 1 LIMIT 1
        )
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), CASE WHEN bool_or(created_at < %(before)s) THEN max(id) END FROM looked
"""
SURPLUS = """
    SELECT schedule.name, bound.id FROM django_celery_beat_periodictask AS schedule CROSS JOIN LATERAL (
        SELECT id FROM scheduling_jobrun WHERE schedule_name = schedule.name
        ORDER BY id DESC OFFSET %(at_most)s LIMIT 1
    ) AS bound
"""
SURPLUS_OF_ONE = """
    WITH looked AS MATERIALIZED (
        SELECT id FROM scheduling_jobrun WHERE schedule_name = %(name)s AND id > %(after)s AND id <= %(bound)s
        ORDER BY id LIMIT %(size)s
    ),
    gone AS (
        DELETE FROM scheduling_jobrun AS run USING looked WHERE run.id = looked.id AND run.state <> ALL (%(open)s)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), max(id) FROM looked
"""
LINES = """
    WITH looked AS MATERIALIZED (
        SELECT id, at FROM scheduling_runline WHERE id > %(after)s ORDER BY id LIMIT %(size)s
    ),
    gone AS (
        DELETE FROM scheduling_runline AS line USING looked WHERE line.id = looked.id AND looked.at < %(before)s
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), CASE WHEN bool_or(at < %(before)s) THEN max(id) END FROM looked
"""
TROUBLES = """
    WITH looked AS MATERIALIZED (
        SELECT id, began_at FROM scheduling_trouble WHERE id > %(after)s ORDER BY id LIMIT %(size)s
    ),
    gone AS (
        DELETE FROM scheduling_trouble AS trouble USING looked
        WHERE trouble.id = looked.id AND trouble.ended_at < %(before)s RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone), CASE WHEN bool_or(began_at < %(before)s) THEN max(id) END FROM looked
"""


def delete_old_runs(*, now: datetime) -> Iterator[int]:
    """Delete ended runs, with their lines, that are too old or too many; yields how many after each batch, committed.

    Open runs stay, and so do the newest of each schedule.
    """
    open_states = [state.value for state in JobRun.OPEN]
    yield from delete_in_batches(RUNS, before=now - RUNS_KEPT_FOR, newest=NEWEST_KEPT, open=open_states)
    with connection.cursor() as cursor:
        cursor.execute(SURPLUS, {"at_most": RUNS_AT_MOST})
        surplus = cursor.fetchall()
    for name, bound in surplus:
        yield from delete_in_batches(SURPLUS_OF_ONE, name=name, bound=bound, open=open_states)


def delete_old_lines(*, now: datetime) -> Iterator[int]:
    """Delete lines of runs that are too old; yields how many after each batch, committed."""
    return delete_in_batches(LINES, before=now - LINES_KEPT_FOR)


def delete_old_troubles(*, now: datetime) -> Iterator[int]:
    """Delete troubles that have long been over; yields how many after each batch, committed."""
    return delete_in_batches(TROUBLES, before=now - TROUBLES_KEPT_FOR)


def forget_the_dead() -> Iterator[int]:
    """Delete the rows of beats and workers that died, by the database's clock; yields how many."""
    span: timedelta = DEAD_KEPT_FOR
    yield Presence.objects.filter(seen_at__lt=Now() - span).delete()[0]


def delete_in_batches(statement: str, **given: str | int | datetime | list[str]) -> Iterator[int]:
    """Delete by a statement that takes `after` and `size`; yields how many after each batch, committed.

    It tells how many went and the key it reached, or NULL when there is nothing left to look at. Keys begin at 1.
    """

    def delete(after: int, size: int) -> tuple[int, int | None]:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(statement, {**given, "after": after, "size": size})
            deleted, reached = cursor.fetchone()
            return deleted, reached

    return in_batches(delete, begin=0)
