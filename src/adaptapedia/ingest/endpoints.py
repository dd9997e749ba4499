"""Where Wikidata is read: one of several endpoints, in order, and at last what was read before.

The first of them is the authority. What another says, which may be days behind, is used to go on and takes nothing
back (`second_hand.py`).

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
from adaptapedia.scheduling.jobs import Counts, Run
from adaptapedia.sources.errors import SourceError

log = logging.getLogger(__name__)

FROM_FALLBACK = (
    "Wikidata was read from {place}, which is not the first endpoint: nothing was merged, retired or restored, "
    "and {left:,} items were left as they were until the first answers again."
)
FROM_SNAPSHOT = "No endpoint of Wikidata could be read, so the last good snapshot was written once more."

OpenReader = Callable[[str], AbstractContextManager[Reader]]
Failures = dict[str, SourceError]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingestion counted, and a sentence that says so where it was not the first endpoint that was read."""

    counts: dict[str, Any]
    doubt: str = ""


def ingest_wikidata(endpoints: Sequence[str], open_reader: OpenReader, run: Run, *, whole: bool = False) -> Ingested:
    """Read Wikidata at the first endpoint that answers to the end, and bring the catalogue up to date.

    What any but the first of `endpoints` says takes nothing back. The counts say where it was `read_from`, and of
    endpoints that failed why. Where none answered and an attempt is left or there is no snapshot: raises the
    SourceError of the first, a retryable one before any other.
    """
    failures: Failures = {}
    for endpoint in _in_order(endpoints, run):
        try:
            with open_reader(endpoint) as reader:
                is_fallback = endpoint != endpoints[0]
                counts = sweep_wikidata(reader, run, endpoint=endpoint, is_fallback=is_fallback, whole=whole)
        except SourceError as error:
            failures[endpoint] = error
            log.warning("Run %s: Wikidata could not be read from %s: %s", run.id, without_secrets(endpoint), error)
            if not run.last_attempt and endpoint_under_way(SOURCE, run) == without_secrets(endpoint):
                raise
        else:
            return Ingested({**counts, **_told(failures)}, _doubt(counts))
    return Ingested(_from_snapshot(failures, run), FROM_SNAPSHOT)


def _doubt(counts: Counts) -> str:
    if "left_as_they_were" not in counts:
        return ""
    return FROM_FALLBACK.format(place=counts["read_from"], left=counts["left_as_they_were"])


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
    counts = write_again(snapshot, run, origin=Origin(SOURCE, run.id, timezone.now(), is_second_hand=True))
    return {**counts, "read_from": read_from, **_told(failures)}


def _told(failures: Failures) -> dict[str, Any]:
    return (
        {"failed_endpoints": {without_secrets(endpoint): str(error) for endpoint, error in failures.items()}}
        if failures
        else {}
    )
