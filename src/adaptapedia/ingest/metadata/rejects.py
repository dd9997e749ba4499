"""What could not be used of answers, and what was not answered: rejects, until they come good."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from psycopg.types.json import Jsonb

from adaptapedia.ingest.models import Reject
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.sql import execute, statement
from adaptapedia.ingest.staging import stage
from adaptapedia.kit.text import clean
from adaptapedia.sources.errors import SourceError


class Problem(Protocol):
    """One value of an answer that could not be used, as the records of both upstreams have it."""

    @property
    def reason(self) -> str: ...
    @property
    def value(self) -> str: ...


class Told(NamedTuple):
    """What an answer to one question leaves to be looked at."""

    key: str
    problems: Sequence[Problem] | None = ()
    """What of a whole answer could not be used; None where nothing came that could tell."""
    fault: SourceError | None = None
    """Why there was no answer."""


def keep_rejects(told: Sequence[Told], *, origin: Origin) -> None:
    """Keep what these questions left, and clear what has come good. In the caller's transaction; each key once."""
    rows = sorted((row for one in told for row in _rows(one)), key=lambda row: row[:2])
    stage("stage_told", ("key", "whole"), ((one.key, one.problems is not None) for one in told), types=TYPES)
    stage("stage_told_reject", ("key", "reason", "payload"), rows, types=TYPES)
    execute(statement("metadata_rejects_cleared"), origin.parameters)
    execute(statement("rejects").format(stage="stage_told_reject"), origin.parameters)


TYPES = {"whole": "boolean", "payload": "jsonb"}


def _rows(told: Told) -> Iterator[tuple[str, str, Jsonb]]:
    """One a reason."""
    by_reason: dict[str, list[str]] = {}
    for problem in told.problems or ():
        by_reason.setdefault(problem.reason, []).append(problem.value)
    for reason, values in by_reason.items():
        yield told.key, reason, Jsonb({"item": told.key, "value": "; ".join(values)})
    if told.fault:
        seen = {"value": clean(str(told.fault)), "evidence": clean(told.fault.evidence)}
        yield told.key, Reject.Reason.NOT_READ, Jsonb({"item": told.key, **seen})


def problems_of(answers: Iterable[Sequence[Problem]]) -> tuple[Problem, ...]:
    """Of several answers to one question, each problem once."""
    return tuple(dict.fromkeys(problem for problems in answers for problem in problems))
