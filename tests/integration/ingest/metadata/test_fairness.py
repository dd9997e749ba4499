import pytest
from django.utils import timezone

from adaptapedia.catalogue.models import ScreenMetadata
from adaptapedia.ingest.models import SourceState
from tests.integration.ingest.metadata.films import asked, films
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film

pytestmark = pytest.mark.django_db


def test_nothing_starves_behind_titles_that_can_never_be_filled(lab: TmdbLab, refresh: Refresh) -> None:
    """40 titles are not at TMDb; a run has 16 requests, half of them for such titles: five runs ask for them all."""
    films(lab, 40, there=False)
    for n in range(101, 109):
        screen_work(f"film-{n}", tmdb=f"movie/{n}")
        lab.add(film(n, f"Film {n}"))
    SourceState.objects.bulk_create(
        SourceState(source="tmdb", key=f"movie/{n}", read_at=timezone.now(), outcome="gone") for n in range(1, 41)
    )
    refresh(requests=16)
    assert ScreenMetadata.objects.count() == 8
    lab.log.requests.clear()
    for _ in range(5):
        counts = refresh(requests=16)
        assert counts["requests"] == 16
    times = asked(lab)
    assert {f"movie/{n}" for n in range(1, 41)} <= times.keys()
    assert min(times[f"movie/{n}"] for n in range(101, 109)) >= 2


def test_nothing_starves_that_waits_for_a_number_or_to_be_read_again(lab: TmdbLab, refresh: Refresh) -> None:
    """With titles that cannot be filled in plenty, 12 of 48 requests are for each of these classes: 5 screen works to
    be found take 5 x 11 / 12 runs, 24 titles to be read again 24 / 12 of them."""
    films(lab, 24)
    refresh()
    for n in range(101, 251):
        screen_work(f"film-{n}", tmdb=f"movie/{n}")
    for n in range(5):
        screen_work(f"odd-{n}", tmdb="", title=f"Nothing Like It {n}")
    lab.log.requests.clear()

    for run in range(1, 6):
        refresh(requests=48)
        found = SourceState.objects.filter(key__startswith="screen/").count()
        assert found >= min(5, run * 12 // 11)
        if run == 2:
            assert {f"movie/{n}" for n in range(1, 25)} <= asked(lab).keys()
    assert found == 5
