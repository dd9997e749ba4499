"""Tables that stand within a page of the admin: what belongs to an entry, without a form around it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Method = TypeVar("Method", bound=Callable[..., Any])

SHOWN = 50
"""Rows that a panel shows; it says that there are more, and where."""


@dataclass(frozen=True, slots=True)
class More:
    """Where the rows are that a panel leaves out."""

    text: str
    address: str


def table(
    columns: Sequence[object], rows: Iterable[Sequence[object]], *, empty: object, more: More | None = None
) -> SafeString:
    """A table of up to 50 rows; `empty` instead where there is none, `more` below it where there is a 51st."""
    lines = list(rows)
    context = {"columns": columns, "rows": lines[:SHOWN], "empty": empty, "more": more if len(lines) > SHOWN else None}
    return render_to_string("desk/table.html", context)


def once(panel: Method) -> Method:
    """Make a method of a page ask once for each row: unfold's templates call a read-only field five times."""

    @wraps(panel)
    def kept(page: Any, row: Any) -> Any:
        made = row.__dict__.setdefault("_panels", {})
        if panel.__name__ not in made:
            made[panel.__name__] = panel(page, row)
        return made[panel.__name__]

    return cast(Method, kept)


def link(text: object, address: str) -> SafeString:
    return format_html('<a class="desk-link" href="{}">{}</a>', address, text)


def page_of(row: Model | None, *, text: object = None) -> object:
    """A link to a row's page in the admin, by its own name unless `text` is another; a dash for none."""
    if row is None:
        return "–"
    meta = row._meta
    return link(
        row if text is None else text, reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    )


def run_page(run_id: int | None) -> object:
    """A link to a run's page in operations."""
    return "–" if run_id is None else link(_("run %(number)s") % {"number": run_id}, f"/ops/runs/{run_id}/")


def item_page(number: int | None) -> object:
    """A link to an item of Wikidata."""
    return "–" if number is None else link(f"Q{number}", f"https://www.wikidata.org/wiki/Q{number}")
