"""The whole way from Wikidata to the catalogue."""

from django.utils import timezone

from adaptapedia.ingest.carrying import read_changes
from adaptapedia.ingest.models import Sweep
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reading import Reader, read_classes, read_edges, read_items, read_people
from adaptapedia.ingest.sweep import base_of, forget_older, open_sweep
from adaptapedia.ingest.vanished import question_vanished
from adaptapedia.ingest.writing import write_catalogue
from adaptapedia.kit.addresses import without_secrets
from adaptapedia.scheduling.jobs import Counts, Run

SOURCE = "wikidata"


def sweep_wikidata(
    reader: Reader, run: Run, *, endpoint: str, is_fallback: bool = False, whole: bool = False
) -> Counts:
    """Read all pairs and what belongs to them, then bring the catalogue up to date.

    Items that have not changed since the last sweep at this endpoint are carried over from it, unless this one is
    `whole` (see `open_sweep`). Goes on with the sweep of an earlier attempt. Raises a SourceError when Wikidata could
    not be read whole; what was read is kept, and the catalogue is as it was. Raises Ask when too much has vanished.
    The counts say where it was `read_from`. What a fallback says, an endpoint other than the first, takes nothing
    back (see `second_hand`): how many items it has `left_as_they_were` is in its counts, and in no other's.
    """
    shown = without_secrets(endpoint)
    sweep = open_sweep(SOURCE, endpoint=shown, is_fallback=is_fallback, run=run, whole=whole)
    if not sweep.finished_at:
        _read(sweep, reader, run)
        write_catalogue(sweep, run, origin=_origin(sweep, run))
    forget_older(sweep)
    return {**sweep.counts, "read_from": sweep.endpoint}


def _read(sweep: Sweep, reader: Reader, run: Run) -> None:
    base = base_of(sweep)
    if sweep.phase == Sweep.Phase.CLASSES:
        read_classes(sweep, reader, run)
    if sweep.phase == Sweep.Phase.EDGES:
        read_edges(sweep, reader, run)
    if sweep.phase == Sweep.Phase.CHANGES and base is not None:
        read_changes(sweep, reader, run, base=base)
    if sweep.phase == Sweep.Phase.ITEMS:
        read_items(sweep, reader, run)
    if sweep.phase == Sweep.Phase.PEOPLE:
        read_people(sweep, reader, run)
    if sweep.phase == Sweep.Phase.SUSPECTS:
        question_vanished(sweep, reader, run, origin=_origin(sweep, run))


def _origin(sweep: Sweep, run: Run) -> Origin:
    return Origin(SOURCE, run.id, timezone.now(), is_second_hand=sweep.is_fallback)
