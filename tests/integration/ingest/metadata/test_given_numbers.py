"""Numbers that Wikidata or a file gives: what they lead to is weighed before anything of it is shown."""

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenMetadata, ScreenWork
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.models import Match, SourceState
from tests.integration.ingest.metadata.films import asked, known_film
from tests.integration.ingest.metadata.runs import Refresh
from tests.integration.ingest.metadata.samples import screen_work
from tests.integration.ops.samples import make_person
from tests.upstreams.lab import TmdbLab
from tests.upstreams.titles import film

pytestmark = pytest.mark.django_db

DUNE = film(841, "Dune", date="1984-12-14", directors="David Lynch", imdb="tt0087182")
PADDINGTON = film(7, "Paddington in Peru", date="2024-11-08", directors="Dougal Wilson", cast="Ben Whishaw")


@pytest.fixture
def dune(lab: TmdbLab) -> ScreenWork:
    """Dune, to which Wikidata gives the number of another film."""
    lab.add(DUNE, PADDINGTON)
    return screen_work("dune", tmdb="movie/7")


@pytest.fixture
def person(db: None) -> User:
    return make_person("grace", "moderator")


def match_of(film: ScreenWork) -> Match:
    return Match.objects.get(screen_work=film)


def shown(film: ScreenWork) -> list[int]:
    """The numbers whose title is shown of it."""
    return list(ScreenMetadata.objects.filter(screen_work=film).values_list("tmdb_id", flat=True))


def test_a_number_that_holds_is_taken_with_its_evidence_and_one_request(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="movie/841")
    lab.add(DUNE)
    counts = refresh()
    assert (counts["processed"], counts["enriched"], counts["requests"]) == (1, 1, 1)
    match = match_of(dune)
    assert (match.state, match.ref, match.evidence["how"]) == (Match.State.ACCEPTED, "movie/841", "wikidata")
    assert ["year", "same", 3.5] in match.evidence["parts"]
    assert list(dune.external_ids.values_list("value", "source")) == [("841", "wikidata")]


def test_a_number_that_all_else_contradicts_waits_for_a_person_and_shows_nothing(
    lab: TmdbLab, refresh: Refresh, dune: ScreenWork
) -> None:
    counts = refresh()
    assert (counts["processed"], counts["review"], counts["enriched"], counts["requests"]) == (1, 1, 0, 1)
    match = match_of(dune)
    assert (match.state, match.ref, match.evidence["how"]) == (Match.State.OPEN, "movie/7", "wikidata")
    assert [one["title"] for one in match.candidates] == ["Paddington in Peru"]
    assert match.score < 0.01
    assert (shown(dune), dune.credits.count()) == ([], 0)
    assert SourceState.objects.get(key=f"screen/{dune.pk}").outcome == "review"

    before = Match.objects.values().get()
    counts = refresh()
    assert (counts["review"], counts["requests"]) == (1, 1)
    assert Match.objects.values().get() == before


def test_the_item_that_a_title_names_outweighs_another_name(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="movie/8", wikidata_id=114819)
    lab.add(film(8, "Der Wüstenplanet", date="1984-12-14", wikidata="Q114819"))
    refresh()
    assert shown(dune) == [8]


def test_what_speaks_for_a_number_later_lets_it_be_taken(lab: TmdbLab, refresh: Refresh, dune: ScreenWork) -> None:
    refresh()
    ScreenWork.objects.update(title="Paddington in Peru", year=2024)
    refresh()
    assert (match_of(dune).state, shown(dune)) == (Match.State.ACCEPTED, [7])


def test_a_person_who_takes_a_contradicted_number_is_believed_for_good(
    lab: TmdbLab, refresh: Refresh, dune: ScreenWork, person: User
) -> None:
    refresh()
    decisions.accept(match_of(dune), "movie/7", by=person)
    for _ in range(2):
        refresh()
        assert (match_of(dune).state, match_of(dune).decided_by, shown(dune)) == (Match.State.ACCEPTED, person, [7])


def test_a_refused_number_is_not_asked_for_and_the_right_title_is_looked_for(
    lab: TmdbLab, refresh: Refresh, dune: ScreenWork, person: User
) -> None:
    refresh()
    decisions.refuse(match_of(dune), "movie/7", by=person)
    lab.log.requests.clear()
    for _ in range(2):
        refresh()
        assert (match_of(dune).ref, match_of(dune).refused, shown(dune)) == ("movie/841", ["movie/7"], [841])
    assert "movie/7" not in asked(lab)


def test_what_another_number_of_the_same_entry_was_taken_for_stays(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="movie/841")
    lab.add(DUNE, PADDINGTON)
    refresh()
    dune.external_ids.create(scheme="tmdb_movie", value="7", source="wikidata")
    refresh()
    assert (match_of(dune).ref, shown(dune)) == ("movie/841", [841])


@pytest.mark.parametrize("by_imdb", [True, False])
def test_a_title_whose_number_is_gone_is_looked_for_by_other_means(
    lab: TmdbLab, refresh: Refresh, by_imdb: bool
) -> None:
    dune = screen_work("dune", tmdb="movie/5000841")
    if by_imdb:
        dune.external_ids.create(scheme="imdb", value="tt0087182", source="wikidata")
    lab.add(DUNE)
    refresh()
    assert (match_of(dune).evidence["how"], shown(dune)) == ("imdb" if by_imdb else "search", [841])
    assert set(dune.external_ids.filter(scheme="tmdb_movie").values_list("value", "source")) == {
        ("5000841", "wikidata"),
        ("841", "tmdb"),
    }
    lab.log.requests.clear()
    assert refresh()["requests"] == 1
    assert asked(lab) == {"movie/841": 1}


def test_what_a_person_said_it_is_is_not_looked_for_though_it_is_gone(
    lab: TmdbLab, refresh: Refresh, dune: ScreenWork, person: User
) -> None:
    refresh()
    decisions.accept(match_of(dune), "movie/7", by=person)
    lab.remove("movie", 7)
    refresh()
    counts = refresh()
    assert (counts["gone"], counts["requests"], match_of(dune).ref) == (1, 1, "movie/7")


def test_titles_that_are_gone_wait_their_turn_to_be_looked_for(lab: TmdbLab, refresh: Refresh) -> None:
    """Of 14 requests three at most are for numbers, the others for one that is to be found: four runs ask for all."""
    for n in range(1, 4):
        known_film(n, title=f"Nothing Like It {n}")
    odd = screen_work("odd", tmdb="", title="Nothing Like That")
    keys = {f"screen/{key}" for key in ScreenWork.objects.values_list("pk", flat=True)}
    for _ in range(4):
        refresh(requests=14)
    assert set(SourceState.objects.filter(key__startswith="screen/", outcome="unmatched").values_list("key")) == {
        (key,) for key in keys
    }
    assert f"screen/{odd.pk}" in keys
