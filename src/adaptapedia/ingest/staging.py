"""Temporary staging tables, filled by COPY. They live as long as the transaction's batch."""

from collections.abc import Iterable

from django.db import connection

TYPES = {
    "wikidata_id": "bigint",
    "year": "integer",
    "end_year": "integer",
    "birth_year": "integer",
    "death_year": "integer",
    "countries": "bigint[]",
    "genres": "bigint[]",
    "series": "bigint[]",
    "position": "smallint",
    "person_id": "bigint",
    "wikidata_digest": "bigint",
    "subject": "bigint",
    "source": "bigint",
    "qid": "bigint",
}
"""Types of the staged columns that are not text."""


def stage(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Fill a fresh temporary table with rows. Must run in a transaction, whose end drops the table."""
    types = ", ".join(f"{column} {TYPES.get(column, 'text')}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({types}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")
