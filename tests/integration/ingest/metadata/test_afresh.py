from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from adaptapedia.catalogue.actions import unlock_fields
from adaptapedia.catalogue.models import ScreenCredit, ScreenMetadata
from adaptapedia.ingest.merging import merge_people, merge_screen_works
from adaptapedia.ingest.models import SourceState
from adaptapedia.ingest.origin import Origin
from adaptapedia.sources.wikidata.records import Item, Text
from tests.integration.ingest.metadata.films import answered, films
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film

pytestmark = pytest.mark.django_db


def test_what_was_made_otherwise_is_read_whole_again(lab: TmdbLab, refresh: Refresh) -> None:
    films(lab, 2)
    refresh()
    SourceState.objects.filter(key="movie/1").update(version=0)
    ScreenMetadata.objects.filter(tmdb_id=1).update(digest=7)  # of rows without a column of today, say
    counts = refresh()
    assert (counts["enriched"], counts["unchanged"]) == (1, 1)
    assert [status for path, status in answered(lab) if path == "movie/1"] == [200, 200]
    assert [status for path, status in answered(lab) if path == "movie/2"] == [200, 304]


def test_what_wikidata_leaves_to_others_is_filled_by_the_next_reading(lab: TmdbLab, refresh: Refresh) -> None:
    origin = Origin("wikidata", 1, timezone.now())
    lynch = Item(qid=2071, label=Text("David Lynch", "en"))
    dune = Item(qid=1, label=Text("Dune", "en"), directors=(2071,), tmdb_movie=("841",))
    with transaction.atomic():
        merge_people([lynch], origin=origin)
        merge_screen_works([(dune, "film")], origin=origin)
    lab.add(film(841, "Dune", directors="D. Lynch", cast="Star"))
    refresh()
    with transaction.atomic():
        merge_screen_works([(replace(dune, directors=()), "film")], origin=origin)
    assert not ScreenCredit.objects.filter(role="director").exists()
    refresh()
    assert ScreenCredit.objects.get(role="director").source == "tmdb"


def test_credits_that_a_person_gives_free_are_filled_by_the_next_reading(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work(tmdb="movie/841", locks={"credits": {"by": 1, "at": "2026"}})
    lab.add(film(841, "Dune", directors="David Lynch"))
    refresh()
    assert not ScreenCredit.objects.exists()
    unlock_fields(dune, ["credits"])
    refresh()
    assert ScreenCredit.objects.filter(role="director").exists()
