"""The whole way from Wikidata to the catalogue."""

from django.utils import timezone

from adaptapedia.ingest.models import Sweep
from adaptapedia.ingest.origin import Origin
from adaptapedia.ingest.reading import Reader, read_classes, read_edges, read_items, read_people
from adaptapedia.ingest.sweep import open_sweep
from adaptapedia.ingest.writing import write_catalogue
from adaptapedia.scheduling.jobs import Counts, Run

SOURCE = "wikidata"


def sweep_wikidata(reader: Reader, run: Run, *, endpoint: str) -> Counts:
    """Read all pairs and what belongs to them, then bring the catalogue up to date.

    Goes on with the sweep of an earlier attempt. Raises a SourceError when Wikidata could not be
    read whole; what was read is kept, and the catalogue is as it was.
    """
    sweep = open_sweep(SOURCE, endpoint=endpoint, run_id=run.id)
    if sweep.finished_at:
        return dict(sweep.counts)
    origin = Origin(SOURCE, run.id, timezone.now())
    if sweep.phase == Sweep.Phase.CLASSES:
        read_classes(sweep, reader, run)
    if sweep.phase == Sweep.Phase.EDGES:
        read_edges(sweep, reader, run)
    if sweep.phase == Sweep.Phase.ITEMS:
        read_items(sweep, reader, run, origin=origin)
    if sweep.phase == Sweep.Phase.PEOPLE:
        read_people(sweep, reader, run, origin=origin)
    return write_catalogue(sweep, run, origin=origin)
