"""Temporary staging tables, filled by COPY. They are empty again when the transaction ends."""

from collections.abc import Collection, Iterable, Mapping

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
    "is_remake": "boolean",
    "qid": "bigint",
}
"""Types of the staged columns that are not text."""


def array(numbers: Collection[int]) -> str:
    """An array in PostgreSQL's own notation, taken as it is and many times faster than a list."""
    return "{" + ",".join(map(str, numbers)) + "}" if numbers else "{}"


def stage(
    table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], *, types: Mapping[str, str] = TYPES
) -> None:
    """Fill a temporary table with nothing but these rows. Must run in a transaction, whose end empties it."""
    typed = ", ".join(f'"{column}" {types.get(column, "text")}' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({typed}) ON COMMIT DELETE ROWS; DELETE FROM {table}"
        )
    copy_in(table, columns, rows)


def copy_in(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    """Append rows to a table, the fastest way there is. Tells how many."""
    names = ", ".join(f'"{column}"' for column in columns)
    into = f"COPY {table} ({names}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)
