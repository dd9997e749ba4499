"""A refresh that found titles is taken back: the ids that it gave or took away, and what waits for a person."""

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import ScreenWork
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.models import Change, Match
from adaptapedia.ingest.reverting.runs import preview_revert, revert_run
from tests.integration.ingest.matching.test_decisions import (  # noqa: F401 - fixtures, used by their names
    NEW,
    OLD,
    film,
    ids_of,
    match_of,
    person,
    record,
    verdict,
)
from tests.integration.ops.samples import make_screen_work

pytestmark = pytest.mark.django_db


def test_the_id_and_the_match_of_an_accepted_title_go(film: ScreenWork) -> None:  # noqa: F811
    record(verdict(film, "accepted", OLD), run_id=1)
    film.refresh_from_db()
    assert film.provenance["external_ids"][:2] == ["tmdb", 1]

    preview = preview_revert(1)
    assert ids_of(film) == [("tmdb_movie", "841", "tmdb")]
    report = revert_run(1, by="ada")

    film.refresh_from_db()
    assert (ids_of(film), Match.objects.count(), "external_ids" in film.provenance) == ([], 0, False)
    assert report.counts == preview.counts
    assert report.counts["matches"] == {"restored": 0, "deleted": 1, "left": 0}


def test_an_id_that_the_run_took_away_comes_back(film: ScreenWork) -> None:  # noqa: F811
    record(verdict(film, "accepted", OLD), run_id=1)
    record(verdict(film, "review", NEW), run_id=2)
    assert ids_of(film) == []

    revert_run(2, by="ada")

    film.refresh_from_db()
    assert (ids_of(film), film.provenance["external_ids"][:2]) == ([("tmdb_movie", "841", "tmdb")], ["tmdb", 1])


def test_what_a_person_decided_since_stays(film: ScreenWork, person: User) -> None:  # noqa: F811
    record(verdict(film, "accepted", OLD), run_id=1)
    record(verdict(film, "review", NEW, OLD), run_id=2)
    decisions.accept(match_of(film), "movie/938", by=person)

    revert_run(2, by="ada")

    assert ids_of(film) == [("tmdb_movie", "938", "person")]
    assert (match_of(film).state, match_of(film).ref) == (Match.State.ACCEPTED, "movie/938")


def test_what_a_person_refused_stays_refused_though_the_finding_goes(
    film: ScreenWork,  # noqa: F811
    person: User,  # noqa: F811
) -> None:
    record(verdict(film, "accepted", OLD), run_id=1)
    record(verdict(film, "review", NEW, OLD), run_id=2)
    decisions.refuse(match_of(film), "movie/841", by=person)

    revert_run(2, by="ada")

    match = match_of(film)
    assert (match.state, match.ref, match.refused, ids_of(film)) == (Match.State.REFUSED, "", ["movie/841"], [])
    assert [one["ref"] for one in match.candidates] == ["movie/841"]


def test_only_lists_that_change_are_logged(film: ScreenWork) -> None:  # noqa: F811
    other = make_screen_work(2, "Solaris")
    record(verdict(film, "accepted", OLD), verdict(other, "review", NEW), run_id=1)
    record(verdict(film, "accepted", OLD), verdict(other, "review", NEW), run_id=2)

    (change,) = Change.objects.all()
    assert (change.table_name, change.row_id, change.run_id) == ("catalogue_screenwork", film.pk, 1)
    assert change.before == {"external_ids": [[], None]}
