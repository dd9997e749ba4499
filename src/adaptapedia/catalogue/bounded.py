"""Statements that a page may not wait for longer than it says."""

from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TookTooLong(Exception):
    """The statement was given up."""


def rows_within(
    milliseconds: int, statement: str, values: Mapping[str, Any], *, similar: float = 0.6
) -> list[dict[str, Any]]:
    """The rows by column. `similar` is pg_trgm's threshold for words alike. Raises TookTooLong.

    In one process: a page that keeps both processors busy holds up all others.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT set_config('statement_timeout', %s, true),
                       set_config('pg_trgm.word_similarity_threshold', %s, true),
                       set_config('max_parallel_workers_per_gather', '0', true)
                """,
                [str(milliseconds), str(similar)],
            )
            cursor.execute(statement, values)
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise
