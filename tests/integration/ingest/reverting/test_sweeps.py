"""What a run read that was taken back is not carried over by the next, nor written once more."""

from collections.abc import Callable
from datetime import datetime

import pytest
import time_machine

from adaptapedia.catalogue.models import Work
from adaptapedia.ingest.endpoints import Ingested
from adaptapedia.ingest.reverting.runs import revert_run
from adaptapedia.sources.errors import Unavailable
from tests.integration.ingest.reverting.world import make_run
from tests.integration.ingest.test_carrying import ARRAKIS, DAY, MONDAY, NEW, dune, film, people
from tests.integration.ingest.test_endpoints import ingest
from tests.integration.ingest.test_sweep import Watched
from tests.upstreams.triples import class_tree
from tests.upstreams.wikidata import FaultProxy

pytestmark = pytest.mark.django_db(transaction=True)

Serve = Callable[[str], FaultProxy]


def at(moment: datetime, upstream: FaultProxy, *, run: int, last_attempt: bool = False) -> Ingested:
    with time_machine.travel(moment, tick=True):
        return ingest(upstream, run=Watched(id=run, last_attempt=last_attempt))


@pytest.fixture
def upstream(serve_wikidata: Serve) -> FaultProxy:
    """Wikidata, which says nonsense from run 2 on and is not mended; run 3 has carried over what it has not changed."""
    wikidata = serve_wikidata(ARRAKIS)
    at(MONDAY, wikidata, run=1)
    wikidata.target = serve_wikidata(class_tree() + dune("Nonsense", modified=NEW) + film() + people()).target
    at(MONDAY + DAY, wikidata, run=2)
    make_run(3)
    assert at(MONDAY + 2 * DAY, wikidata, run=3).counts["items"]["carried_over"] == 3
    assert Work.objects.get().title == "Nonsense"
    return wikidata


def test_after_a_reversal_nothing_is_written_once_more_and_the_next_reading_is_whole(upstream: FaultProxy) -> None:
    revert_run(2, by="ada")
    assert Work.objects.get().title == "Dune"

    upstream.down()
    with pytest.raises(Unavailable):
        at(MONDAY + 3 * DAY, upstream, run=4, last_attempt=True)
    assert Work.objects.get().title == "Dune"

    upstream.up()
    assert at(MONDAY + 3 * DAY, upstream, run=5).counts["items"] == {"read": 4, "carried_over": 0}
    assert Work.objects.get().title == "Nonsense", "what the upstream still says comes again"
