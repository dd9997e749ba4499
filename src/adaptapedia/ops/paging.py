"""Pages of rows by descending id, without OFFSET: the address says before which id the page begins."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    first: bool
    older: int | None
    """The id before which the next page begins; None on the last page."""


def page_before(rows: QuerySet[Row], before: int | None, *, size: int = PAGE) -> Page[Row]:
    """The newest `size` rows whose id is below `before` (None: the newest of all), in one query."""
    rows = rows.order_by("-id")
    found = list((rows if before is None else rows.filter(pk__lt=before))[: size + 1])
    return Page(found[:size], first=before is None, older=found[size - 1].pk if len(found) > size else None)
