"""The statements of `merge/*.sql`."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import connection


@cache
def statement(name: str) -> str:
    """The text of merge/NAME.sql."""
    return files("adaptapedia.ingest").joinpath("merge", f"{name}.sql").read_text()


def execute(sql: str, parameters: dict[str, Any]) -> int:
    """Rows written."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def scalar(sql: str, parameters: dict[str, Any] | None = None) -> int:
    """The one number that a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (number,) = cursor.fetchone() or (0,)
        return int(number)


def batches(sql: str, *, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query, so many at a time. It runs once, and sees nothing of what is written meanwhile.

    In the caller's transaction.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, {})
        while rows := cursor.fetchmany(size):
            yield rows
