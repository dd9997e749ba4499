"""The stated answers: who gets which status from which address with which method.

`matrix.txt` has a block an address, a line for the methods that answer alike, a column for each who asks.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
STATED = Path(__file__).with_name("matrix.txt")

Answers = dict[str, tuple[int, ...]]
"""Method → one status for each who asks, in the order of `people.ASKING`."""


def stated() -> dict[str, Answers]:
    """Route → answers, as the file has them. An empty route is written as two quotes."""
    matrix: dict[str, Answers] = {}
    route = ""
    for line in STATED.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            route = "" if line == '""' else line
            matrix[route] = {}
            continue
        methods = [word for word in line.split() if word.isalpha()]
        statuses = tuple(int(word) for word in line.split() if word.isdigit())
        matrix[route] |= dict.fromkeys(methods, statuses)
    return matrix


def as_text(route: str, answers: Answers) -> str:
    """One block of the file."""
    lines = [route or '""']
    for statuses, methods in groupby(METHODS, key=lambda method: answers[method]):
        lines.append(f"  {' '.join(methods):<42}" + "  ".join(map(str, statuses)))
    return "\n".join(lines) + "\n"
