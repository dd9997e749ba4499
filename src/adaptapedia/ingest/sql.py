"""The statements of `merge/*.sql`."""

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
