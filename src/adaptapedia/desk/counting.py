"""Pages of lists that may be millions of rows long: whoever turns them does not wait for a count."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet

if TYPE_CHECKING:
    Base = Paginator[Any]
else:
    Base = Paginator  # is generic for the type checker only

COUNTED = 10_000
"""Up to so many rows are counted; beyond, PostgreSQL's own estimate or "more than" will do."""


class BoundedPaginator(Base):
    """Counts no more than 10,000 rows: of a whole table the estimate stands, of a selection "more than".

    `inexact` says which: "about", "over", or empty where the number is exact.
    """

    inexact = ""
    template_name = "desk/pages.html"

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        if _whole_table(rows) and (estimate := _estimate(rows)) > COUNTED:
            self.inexact = "about"
            return estimate
        counted = rows.order_by()[: COUNTED + 1].count()
        if counted > COUNTED:
            self.inexact = "over"
            return COUNTED
        return counted


def _whole_table(rows: "QuerySet[Any]") -> bool:
    query = rows.query
    return not (query.where or query.distinct or query.is_sliced or query.combinator or query.group_by)


def _estimate(rows: "QuerySet[Any]") -> int:
    """What PostgreSQL reckons, as of its last analysis; -1 before the first one."""
    with connections[rows.db].cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [_quoted(rows)])
        return int(cursor.fetchone()[0])


def _quoted(rows: "QuerySet[Any]") -> str:
    return connections[rows.db].ops.quote_name(rows.model._meta.db_table)
