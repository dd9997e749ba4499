"""What is kept of a matching, and that a person's word stands."""

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Person, ScreenCredit, ScreenExternalId, ScreenWork
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.matching.decisions import record_verdicts
from adaptapedia.ingest.matching.facts import facts_of
from adaptapedia.ingest.matching.records import Candidate, Outcome, Part, Verdict
from adaptapedia.ingest.models import Match
from adaptapedia.sources.tmdb.records import TitleKind, TitleRef
from tests.integration.ops.samples import make_person, make_screen_work

pytestmark = pytest.mark.django_db

OLD, NEW = TitleRef(TitleKind.MOVIE, 841), TitleRef(TitleKind.MOVIE, 938)
SERIES = TitleRef(TitleKind.TV, 841)


@pytest.fixture
def film(db: None) -> ScreenWork:
    return make_screen_work(1, "Dune")


@pytest.fixture
def person(db: None) -> User:
    return make_person("grace", "moderator")


def verdict(film: ScreenWork, outcome: Outcome, *refs: TitleRef) -> Verdict:
    (facts,) = facts_of([film.pk])
    part = Part("title", "same", 6.0)
    candidates = tuple(Candidate(ref, "Dune", "Dune", "en", 1984, (part,), 0.5 / n) for n, ref in enumerate(refs, 1))
    best = refs[0] if refs else None
    return Verdict(facts, outcome, best, 0.5 if refs else 0.0, {"how": "search"}, candidates)


def record(*verdicts: Verdict, run_id: int = 7) -> None:
    record_verdicts(verdicts, run_id=run_id)


def ids_of(film: ScreenWork) -> list[tuple[str, str, str]]:
    return sorted(ScreenExternalId.objects.filter(screen_work=film).values_list("scheme", "value", "source"))


def match_of(film: ScreenWork) -> Match:
    return Match.objects.get(screen_work=film)


def rows() -> Sequence[Any]:
    return [*Match.objects.values(), *ScreenExternalId.objects.values()]


def test_an_accepted_title_becomes_an_external_id_with_its_evidence(film: ScreenWork) -> None:
    record(verdict(film, "accepted", SERIES, OLD))

    match = match_of(film)
    assert ids_of(film) == [("tmdb_tv", "841", "tmdb")]
    assert (match.state, match.ref, match.score, match.run_id) == (Match.State.ACCEPTED, "tv/841", 0.5, 7)
    assert [one["ref"] for one in match.candidates] == ["tv/841", "movie/841"]
    assert match.candidates[0]["parts"] == [["title", "same", 6.0]]


def test_a_doubtful_one_waits_and_writes_no_id(film: ScreenWork) -> None:
    record(verdict(film, "review", OLD, NEW))

    assert match_of(film).state == Match.State.OPEN
    assert ids_of(film) == []


def test_recording_the_same_again_writes_nothing(film: ScreenWork) -> None:
    record(verdict(film, "accepted", OLD))
    before = rows()
    record(verdict(film, "accepted", OLD), run_id=8)

    assert rows() == before


def test_another_title_takes_the_place_of_the_one_found_earlier(film: ScreenWork) -> None:
    record(verdict(film, "accepted", OLD))
    record(verdict(film, "accepted", NEW), run_id=8)

    assert ids_of(film) == [("tmdb_movie", "938", "tmdb")]
    assert match_of(film).run_id == 8


def test_what_is_no_longer_sure_or_found_loses_its_id(film: ScreenWork) -> None:
    record(verdict(film, "accepted", OLD))
    record(verdict(film, "review", OLD))
    assert ids_of(film) == []

    record(verdict(film, "nothing"))
    assert not Match.objects.exists()


def test_wikidatas_own_id_stays_wikidatas(film: ScreenWork) -> None:
    ScreenExternalId.objects.create(screen_work=film, scheme="tmdb_movie", value="841", source="wikidata")
    record(verdict(film, "accepted", OLD))

    assert ids_of(film) == [("tmdb_movie", "841", "wikidata")]


def lock_ids(film: ScreenWork) -> None:
    ScreenWork.objects.filter(pk=film.pk).update(locks={"external_ids": {"by": 1, "at": "2026-11-22T02:00:00Z"}})


def test_ids_that_a_person_has_locked_are_not_written(film: ScreenWork) -> None:
    lock_ids(film)
    record(verdict(film, "accepted", OLD))

    assert ids_of(film) == []


def test_a_screen_work_that_is_gone_meanwhile_is_left_out(film: ScreenWork) -> None:
    found = verdict(film, "accepted", OLD)
    film.delete()
    record(found)

    assert not Match.objects.exists()


def test_many_verdicts_take_few_statements(
    film: ScreenWork, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    films = [film, *(make_screen_work(n + 2) for n in range(40))]
    found = [verdict(one, "accepted", TitleRef(TitleKind.MOVIE, n + 1)) for n, one in enumerate(films)]

    with django_assert_max_num_queries(15):
        record(*found)

    assert ScreenExternalId.objects.count() == 41


def test_what_a_person_accepted_stands_whatever_is_found_later(film: ScreenWork, person: User) -> None:
    record(verdict(film, "review", OLD, NEW))
    decisions.accept(match_of(film), "movie/938", by=person)
    before = rows()

    for outcome in ("accepted", "review"):
        record(verdict(film, outcome, OLD), run_id=9)
    record(verdict(film, "nothing"), run_id=9)

    assert rows() == before
    assert ids_of(film) == [("tmdb_movie", "938", "person")]


def test_none_of_these_stands_too(film: ScreenWork, person: User) -> None:
    record(verdict(film, "review", OLD))
    decisions.refuse_all(match_of(film), by=person)
    record(verdict(film, "accepted", NEW), run_id=9)

    assert match_of(film).state == Match.State.NONE
    assert ids_of(film) == []


def test_refusing_a_title_that_was_taken_takes_its_id_away(film: ScreenWork, person: User) -> None:
    record(verdict(film, "accepted", OLD))
    decisions.refuse(match_of(film), "movie/841", by=person)

    assert ids_of(film) == []
    assert match_of(film).state == Match.State.REFUSED
    assert facts_of([film.pk])[0].refused == (OLD,)


def test_where_all_was_refused_something_else_may_still_be_found(film: ScreenWork, person: User) -> None:
    record(verdict(film, "review", OLD))
    decisions.refuse(match_of(film), "movie/841", by=person)
    record(verdict(film, "nothing"), run_id=8)
    assert match_of(film).state == Match.State.REFUSED

    record(verdict(film, "accepted", NEW), run_id=9)

    match = match_of(film)
    assert (match.state, match.refused, match.decided_at) == (Match.State.ACCEPTED, ["movie/841"], None)


@pytest.mark.parametrize("outcome", ["accepted", "review"])
def test_a_title_that_is_refused_while_it_is_looked_for_is_not_taken(
    film: ScreenWork, person: User, outcome: Outcome
) -> None:
    record(verdict(film, "review", OLD, NEW))
    late = verdict(film, outcome, OLD, NEW)
    decisions.refuse(match_of(film), "movie/841", by=person)
    before = rows()

    record(late, run_id=9)

    assert rows() == before
    assert (match_of(film).ref, match_of(film).state, ids_of(film)) == ("movie/938", Match.State.OPEN, [])


def test_a_candidate_that_is_refused_while_it_is_looked_for_is_not_proposed_again(
    film: ScreenWork, person: User
) -> None:
    record(verdict(film, "review", OLD, NEW))
    late = verdict(film, "review", SERIES, OLD)
    decisions.refuse(match_of(film), "movie/841", by=person)

    record(late, run_id=9)

    match = match_of(film)
    assert (match.ref, [one["ref"] for one in match.candidates]) == ("tv/841", ["tv/841"])


def test_taking_back_an_acceptance_gives_wikidata_its_id_again(film: ScreenWork, person: User) -> None:
    ScreenExternalId.objects.create(screen_work=film, scheme="tmdb_movie", value="841", source="wikidata")
    record(verdict(film, "review", OLD))
    decisions.accept(match_of(film), "movie/841", by=person)
    assert ids_of(film) == [("tmdb_movie", "841", "person")]

    decisions.take_back(match_of(film))

    assert ids_of(film) == [("tmdb_movie", "841", "wikidata")]
    assert match_of(film).state == Match.State.OPEN


def give(film: ScreenWork, *, value: str, source: str = "person") -> None:
    ScreenExternalId.objects.create(screen_work=film, scheme="tmdb_movie", value=value, source=source)


def test_a_decision_takes_no_other_id_of_a_persons_away(film: ScreenWork, person: User) -> None:
    give(film, value="12")
    record(verdict(film, "review", OLD, NEW))
    decisions.accept(match_of(film), "movie/841", by=person)
    decisions.accept(match_of(film), "movie/938", by=person)
    assert ids_of(film) == [("tmdb_movie", "12", "person"), ("tmdb_movie", "938", "person")]

    decisions.take_back(match_of(film))

    assert ids_of(film) == [("tmdb_movie", "12", "person")]


def test_an_id_that_was_a_persons_before_it_was_accepted_stays_theirs(film: ScreenWork, person: User) -> None:
    give(film, value="841")
    record(verdict(film, "review", OLD, NEW))
    decisions.accept(match_of(film), "movie/841", by=person)
    decisions.refuse_all(match_of(film), by=person)

    assert ids_of(film) == [("tmdb_movie", "841", "person")]


def test_no_decision_takes_a_locked_id_away(film: ScreenWork, person: User) -> None:
    record(verdict(film, "review", OLD, NEW))
    decisions.accept(match_of(film), "movie/841", by=person)
    give(film, value="938", source="tmdb")
    lock_ids(film)
    before = ids_of(film)

    decisions.take_back(match_of(film))
    decisions.refuse(match_of(film), "movie/938", by=person)
    decisions.refuse_all(match_of(film), by=person)

    assert ids_of(film) == before == [("tmdb_movie", "841", "person"), ("tmdb_movie", "938", "tmdb")]


def test_only_candidates_can_be_decided_about_and_only_decisions_taken_back(film: ScreenWork, person: User) -> None:
    record(verdict(film, "review", OLD))

    with pytest.raises(decisions.NoSuchCandidate):
        decisions.accept(match_of(film), "movie/938", by=person)
    with pytest.raises(decisions.NoSuchCandidate):
        decisions.refuse(match_of(film), "nonsense", by=person)
    with pytest.raises(decisions.NotDecided):
        decisions.take_back(match_of(film))


def test_facts_hold_titles_makers_and_ids_in_few_statements(
    film: ScreenWork, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ScreenWork.objects.filter(pk=film.pk).update(original_title="Дюна", original_language="ru")
    lynch = Person.objects.create(
        name="David Lynch", name_language="en", sort_key="lynch", search_text="david lynch", slug="david-lynch"
    )
    for position, role in enumerate(("screenwriter", "director", "creator")):
        ScreenCredit.objects.create(screen_work=film, person=lynch, role=role, position=position, source="wikidata")
    for scheme, value, source in (
        ("imdb", "tt0087182", "wikidata"),
        ("imdb", "nonsense", "wikidata"),
        ("imdb", "tt0087183", "person"),
        ("tmdb_movie", "841", "wikidata"),
    ):
        ScreenExternalId.objects.create(screen_work=film, scheme=scheme, value=value, source=source)
    retired = make_screen_work(2, retired_at="2026-11-22T02:00:00Z")

    with django_assert_num_queries(4):
        (facts,) = facts_of([film.pk, retired.pk, 12_345])

    assert (facts.titles, facts.original_title, facts.year) == (("Dune", "Дюна"), "Дюна", 1980)
    assert (facts.kind, facts.language, facts.directors) == ("film", "ru", ("David Lynch",))
    assert (facts.imdb, facts.wikidata_id) == (("tt0087183", "tt0087182"), 1)
