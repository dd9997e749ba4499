"""Where Wikidata is read: one of several endpoints, in order, and at last what was read before.

An endpoint that fails before it has told anything is left for the next at once. One that fails in the middle ends the
attempt, and the next attempt goes on there, where it stopped; on the last attempt the next endpoint is read from its
beginning instead. When none of them answers to the end, the last good snapshot is written once more.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reading import Reader
from adaptapedia.ingest.sweep import endpoint_under_way, last_good
from adaptapedia.ingest.wikidata import SOURCE, sweep_wikidata
from adaptapedia.ingest.writing import write_again
from adaptapedia.kit.addresses import without_secrets
from adaptapedia.scheduling.jobs import Run
from adaptapedia.sources.errors import SourceError

log = logging.getLogger(__name__)

OpenReader = Callable[[str], AbstractContextManager[Reader]]
Failures = dict[str, SourceError]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingestion counted, and whether Wikidata was read for it: else it was the last good snapshot."""

    counts: dict[str, Any]
    is_fresh: bool


def ingest_wikidata(endpoints: Sequence[str], open_reader: OpenReader, run: Run, *, whole: bool = False) -> Ingested:
    """Read Wikidata at the first endpoint that answers to the end, and bring the catalogue up to date.

    The counts say where it was `read_from`, and of endpoints that failed why. Where none answered and an attempt
    is left or there is no snapshot: raises the SourceError of the first, a retryable one before any other.
    """
    failures: Failures = {}
    for endpoint in _in_order(endpoints, run):
        try:
            with open_reader(endpoint) as reader:
                counts = sweep_wikidata(reader, run, endpoint=endpoint, whole=whole)
        except SourceError as error:
            failures[endpoint] = error
            log.warning("Run %s: Wikidata could not be read from %s: %s", run.id, without_secrets(endpoint), error)
            if not run.last_attempt and endpoint_under_way(SOURCE, run) == without_secrets(endpoint):
                raise
        else:
            return Ingested({**counts, **_told(failures)}, is_fresh=True)
    return Ingested(_from_snapshot(failures, run), is_fresh=False)


def _in_order(endpoints: Sequence[str], run: Run) -> list[str]:
    """The one under way first, then the others as they are set."""
    under_way = endpoint_under_way(SOURCE, run)
    return sorted(endpoints, key=lambda endpoint: without_secrets(endpoint) != under_way)


def _from_snapshot(failures: Failures, run: Run) -> dict[str, Any]:
    """The counts of writing the last good snapshot once more; raises where that is not called for."""
    retryable = [error for error in failures.values() if error.retryable]
    snapshot = last_good(SOURCE)
    if snapshot is None or not run.last_attempt or not retryable:
        raise next(iter([*retryable, *failures.values()]))
    read_at = f"{snapshot.started_at:%Y-%m-%d %H:%M} UTC"
    read_from = f"the last good snapshot, of {read_at}, from {snapshot.endpoint}"
    counts = write_again(snapshot, run, origin=Origin(SOURCE, run.id, timezone.now()))
    return {**counts, "read_from": read_from, **_told(failures)}


def _told(failures: Failures) -> dict[str, Any]:
    return (
        {"failed_endpoints": {without_secrets(endpoint): str(error) for endpoint, error in failures.items()}}
        if failures
        else {}
    )
