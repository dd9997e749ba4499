"""Numbers that Wikidata or a file gives: what they lead to is weighed before anything of it is shown."""

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenMetadata, ScreenWork
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.matching.decisions import record_verdicts
from adaptapedia.ingest.matching.facts import facts_of
from adaptapedia.ingest.matching.records import Verdict
from adaptapedia.ingest.models import Match, Removal, SourceState
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
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


@pytest.fixture
def taken(lab: TmdbLab, refresh: Refresh) -> ScreenWork:
    """Dune, for which Wikidata's number was taken; another screen work has it too."""
    lab.add(DUNE)
    dune = screen_work("dune", tmdb="movie/841")
    screen_work("another", tmdb="movie/841")
    refresh()
    assert shown(dune) == [841]
    return dune


def test_what_is_told_by_a_refused_number_goes_at_once_and_others_keep_it(taken: ScreenWork, person: User) -> None:
    credits = taken.credits.count()
    decisions.refuse(match_of(taken), "movie/841", by=person)
    assert (shown(taken), taken.credits.count(), ScreenMetadata.objects.count()) == ([], 0, 1)
    assert ScreenWork.objects.get(slug="another").credits.count() == credits > 0
    removal = Removal.objects.get()
    assert (removal.key, removal.entry_id, removal.reason) == ("movie/841", taken.pk, "untied")
    assert (removal.credits, removal.run_id) == (credits, None)


@pytest.mark.parametrize("decision", ["none", "take back", "another"])
def test_it_goes_whatever_the_decision_is_that_takes_the_number_away(
    taken: ScreenWork, person: User, decision: str
) -> None:
    match = match_of(taken)
    if decision == "another":
        match.candidates.append({**match.candidates[0], "ref": "movie/7"})
        match.save()
        decisions.accept(match, "movie/7", by=person)
    else:
        decisions.accept(match, "movie/841", by=person)
        assert shown(taken) == [841]
        (decisions.take_back(match) if decision == "take back" else decisions.refuse_all(match, by=person))
    assert shown(taken) == []


def test_credits_and_metadata_that_a_person_has_locked_stay(taken: ScreenWork, person: User) -> None:
    ScreenWork.objects.filter(pk=taken.pk).update(locks={"credits": {"by": 1, "at": "2026"}})
    other = ScreenWork.objects.get(slug="another")
    ScreenMetadata.objects.filter(screen_work=other).update(locks={"overview": {"by": 1, "at": "2026"}})
    for one in (taken, other):
        decisions.refuse(match_of(one), "movie/841", by=person)
    assert (shown(taken), taken.credits.exists(), shown(other)) == ([], True, [841])


def test_what_was_told_goes_when_the_finding_is_not_sure_any_more(lab: TmdbLab, refresh: Refresh) -> None:
    dune = screen_work("dune", tmdb="")
    lab.add(DUNE)
    refresh()
    assert shown(dune) == [841]
    verdict = Verdict(facts_of([dune.pk])[0], "review", TitleRef(TitleKind.MOVIE, 841), 0.5, {"how": "search"})
    record_verdicts([verdict], run_id=77)
    assert (shown(dune), dune.credits.exists()) == ([], False)
    assert Removal.objects.get().run_id == 77


def test_what_was_told_before_anybody_weighed_it_goes_when_it_is_contradicted(
    lab: TmdbLab, refresh: Refresh, taken: ScreenWork
) -> None:
    Match.objects.all().delete()
    ScreenWork.objects.filter(pk=taken.pk).update(title="Paddington in Peru", year=None)
    lab.change("movie", 841, overview="Told anew.")
    refresh()
    assert (shown(taken), match_of(taken).state) == ([], Match.State.OPEN)


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
