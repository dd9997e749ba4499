"""SPARQL JSON results → rows that are whole and were all counted, or an error with its evidence. Pure.

The format: SPARQL 1.1 Query Results JSON (W3C). The faults: how Wikidata's query service, Oxigraph and
QLever answer when a query takes too long, or when something in between ends an answer early.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from adaptapedia.sources.errors import SourceError, TimedOut, Truncated, Unavailable
from adaptapedia.sources.unpacking import NotJson, read_json
from adaptapedia.sources.values import shown

TIMEOUT = re.compile(rb"TimeoutException|timed? ?out|time limit|has been cancell?ed", re.IGNORECASE)
"""The words of Blazegraph, QLever and Oxigraph for a query that was stopped."""
NEARBY = 4096
MOST_VALUES = 2_000_000
"""In one answer: 280,000 rows of the class tree, or 900 of each of the 200 items of a batch."""
_NUMBER = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_LANGUAGE = re.compile(r"(?=.{1,35}\Z)[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""A tag as BCP 47 shapes it, which names a language within 35 characters (RFC 5646, 4.4.1)."""


class Term(NamedTuple):
    """One bound value. `kind` is `uri`, `literal` or `bnode`; `language` a lower-case tag, or empty where there is
    none of the shape of one."""

    kind: str
    value: str
    language: str

    def number(self) -> int:
        """The whole number that it is, of 15 digits at most. Raises Truncated where it is none."""
        if not _NUMBER.fullmatch(self.value):
            raise Truncated("Wikidata's answer has something else where a number is due", evidence=shown(self.value))
        return int(self.value)


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
                evidence=f"the last row: {_told(self.rows[-1]) if self.rows else None}",
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
            counts.append(row["count"].number())
        elif row.keys() == set(variables):
            rows.append(row)
        else:
            raise Truncated("Wikidata's answer has half a row", evidence=_told(row))
    if len(counts) != 1:
        raise Truncated(f"Wikidata's answer lacks its count; it has {len(rows)} rows", evidence=_text(body[-300:]))
    return Answer(rows, counts[0])


def is_timeout(body: bytes) -> bool:
    """Whether an error page speaks of a query that took too long."""
    return TIMEOUT.search(body) is not None


def excerpt(body: bytes | bytearray) -> str:
    """The beginning of an answer, as evidence."""
    return _text(body[:500])


def _bindings(body: bytes) -> list[Any]:
    try:
        found = read_json(body, most=MOST_VALUES)
    except NotJson as error:
        raise _no_result(body, error) from None
    results = found.get("results") if isinstance(found, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        kind = TimedOut if is_timeout(body) else Unavailable
        raise kind("Wikidata answered JSON that is no SPARQL result", evidence=excerpt(body))
    return bindings


def _no_result(body: bytes, error: NotJson) -> SourceError:
    """The error of a body that is no JSON; of one that has begun as it, what follows there says why."""
    if error.at is None or not body.lstrip().startswith(b"{"):
        kind = Truncated if error.cut_off else Unavailable
        return kind(f"Wikidata {error.told}", evidence=excerpt(body))
    tail = body[max(0, error.at - NEARBY) :]
    evidence = f"at byte {error.at} of {len(body)}: …{_text(body[max(0, error.at - 80) : error.at + 300])}"
    if found := TIMEOUT.search(tail):
        return TimedOut(
            f"Wikidata stopped the query in the middle of its answer ({_text(found[0])})", evidence=evidence
        )
    return Truncated("Wikidata's answer ended early", evidence=evidence)


def _row(binding: Any) -> Row:
    if not isinstance(binding, dict):
        raise Truncated("Wikidata's answer has a row without its values", evidence=shown(binding))
    return {name: _term(name, term) for name, term in binding.items()}


def _term(name: str, term: Any) -> Term:
    told = term if isinstance(term, dict) else {}
    kind, value, language = told.get("type"), told.get("value"), told.get("xml:lang", "")
    if not (isinstance(kind, str) and isinstance(value, str) and isinstance(language, str)):
        raise Truncated("Wikidata's answer has a row without its values", evidence=f"{shown(name)}: {shown(term)}")
    tag = language[:40].lower()
    return Term(kind, value, tag if _LANGUAGE.fullmatch(tag) else "")


def _told(row: Row) -> str:
    """A row as evidence, of bounded length."""
    return ", ".join(f"{shown(name)}: {shown(term.value)} {term.language}".strip() for name, term in row.items())


def _text(body: bytes | bytearray) -> str:
    return body.decode(errors="replace")
