"""SPARQL JSON results → rows that are whole and were all counted, or an error with its evidence. Pure.

The format: SPARQL 1.1 Query Results JSON (W3C). The faults: how Wikidata's query service, Oxigraph and
QLever answer when a query takes too long, or when something in between ends an answer early.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from adaptapedia.sources.errors import TimedOut, Truncated, Unavailable

TIMEOUT = re.compile(rb"TimeoutException|timed? ?out|time limit|has been cancell?ed", re.IGNORECASE)
"""The words of Blazegraph, QLever and Oxigraph for a query that was stopped."""
NEARBY = 4096


class Term(NamedTuple):
    """One bound value. `kind` is `uri`, `literal` or `bnode`; `language` a lower-case tag or empty."""

    kind: str
    value: str
    language: str


Row = dict[str, Term]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, each with every variable asked for, and the count that came beside them."""

    rows: list[Row]
    count: int

    def whole(self, expected: int | None = None) -> list[Row]:
        """The rows, if they are as many as were counted, or as `expected`; else Truncated."""
        due = self.count if expected is None else expected
        if len(self.rows) != due:
            raise Truncated(
                f"Wikidata's answer holds {len(self.rows)} rows where {due} were counted",
                evidence=f"the last row: {self.rows[-1] if self.rows else None}",
            )
        return self.rows


def read_answer(body: bytes, variables: Sequence[str]) -> Answer:
    """The answer in `body` to a query for `variables` with a counting row.

    Raises Unavailable where the body is no such result, TimedOut or Truncated where it is the
    beginning of one, and Truncated where a row lacks a variable or the counting row is missing.
    """
    rows, counts = [], []
    for binding in _bindings(body):
        row = _row(binding)
        if row.keys() == {"count"}:
            counts.append(row["count"].value)
        elif row.keys() == set(variables):
            rows.append(row)
        else:
            raise Truncated("Wikidata's answer has half a row", evidence=json.dumps(binding, ensure_ascii=False))
    if len(counts) != 1 or not counts[0].isdecimal():
        raise Truncated(f"Wikidata's answer lacks its count; it has {len(rows)} rows", evidence=_text(body[-300:]))
    return Answer(rows, int(counts[0]))


def is_timeout(body: bytes) -> bool:
    """Whether an error page speaks of a query that took too long."""
    return TIMEOUT.search(body) is not None


def excerpt(body: bytes | bytearray) -> str:
    """The beginning of an answer, as evidence."""
    return _text(body[:500])


def _bindings(body: bytes) -> list[dict[str, Any]]:
    if not body.strip():
        raise Truncated("Wikidata's answer is empty")
    if body.lstrip()[:1] == b"<":
        raise Unavailable("Wikidata answered HTML or XML where SPARQL results were due", evidence=excerpt(body))
    try:
        found = json.loads(body.decode())
    except UnicodeDecodeError as error:
        _raise_cut(body, error.start)
    except json.JSONDecodeError as error:
        _raise_cut(body, len(error.doc[: error.pos].encode()))
    try:
        bindings = found["results"]["bindings"]
    except (TypeError, KeyError):
        bindings = None
    if not isinstance(bindings, list):
        kind = TimedOut if is_timeout(body) else Unavailable
        raise kind("Wikidata answered JSON that is no SPARQL result", evidence=excerpt(body))
    return bindings


def _raise_cut(body: bytes, position: int) -> NoReturn:
    """The errors of a body that stops being JSON at a byte: what follows there says why."""
    tail = body[max(0, position - NEARBY) :]
    evidence = f"at byte {position} of {len(body)}: …{_text(body[max(0, position - 80) : position + 300])}"
    if not body.lstrip().startswith(b"{"):
        raise Unavailable("Wikidata answered something that is not JSON", evidence=excerpt(body))
    if found := TIMEOUT.search(tail):
        raise TimedOut(f"Wikidata stopped the query in the middle of its answer ({_text(found[0])})", evidence=evidence)
    raise Truncated("Wikidata's answer ended early", evidence=evidence)


def _row(binding: Any) -> Row:
    try:
        return {
            name: Term(term["type"], term["value"], term.get("xml:lang", "").lower()) for name, term in binding.items()
        }
    except (AttributeError, KeyError, TypeError):
        raise Truncated("Wikidata's answer has a row without its values", evidence=repr(binding)) from None


def _text(body: bytes | bytearray) -> str:
    return body.decode(errors="replace")
