"""What all tables and all JSON of the command line have in common."""

import json
import sys
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 240
"""Columns of a pipe or a file, which has none of its own: nothing is folded there that a program may search."""


def terminal() -> Console:
    """Standard output, as wide as it is or as anybody may need."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)


def tell(console: Console, what: Any) -> None:
    """Print JSON for lists and dicts, a table, a panel or a text for the rest."""
    if isinstance(what, list | dict):
        sys.stdout.write(json.dumps(what, indent=2, ensure_ascii=False) + "\n")
    else:
        console.print(what, markup=False)


def table(*columns: str) -> Table:
    return Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)


def facts(told: list[tuple[str, str | Text]]) -> Table:
    """Names and values below each other; those without a value are left out."""
    grid = Table.grid(padding=(0, 2))
    for name, value in told:
        if value:
            grid.add_row(name, value if isinstance(value, Text) else Text(value))
    return grid


def stamp(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else ""


def iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
