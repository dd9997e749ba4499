"""Two screen works that turn out to be one keep what people have decided about either."""

from typing import Any

import pytest

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.actions import edit_entry
from adaptapedia.catalogue.merging_entries import merge_entries
from adaptapedia.catalogue.models import ScreenWork
from adaptapedia.ingest.differences import differences_of, keep_ours
from adaptapedia.ingest.matching import decisions
from adaptapedia.ingest.models import Difference, Match
from tests.integration.ingest.matching.test_decisions import (  # noqa: F401 - a fixture, used by its name
    NEW,
    OLD,
    SERIES,
    ids_of,
    match_of,
    person,
    record,
    verdict,
)
from tests.integration.ingest.test_merging import SECOND
from tests.integration.ops.samples import make_screen_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(db: None) -> ScreenWork:
    return make_screen_work(1, "Dune")


@pytest.fixture
def new(db: None) -> ScreenWork:
    return make_screen_work(2, "Dune")


def told(match: Match) -> tuple[str, str, list[str]]:
    return match.state, match.ref, match.refused


def test_a_decided_match_moves_over_one_that_only_a_search_found(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    record(verdict(old, "review", OLD), verdict(new, "accepted", NEW))
    decisions.accept(match_of(old), "movie/841", by=person)

    merge_entries(old, into=new)

    assert told(Match.objects.get()) == ("accepted", "movie/841", [])
    assert (match_of(new).decided_by, ids_of(new)) == (person, [("tmdb_movie", "841", "person")])


def test_of_two_decided_matches_that_of_the_one_that_stays_stands(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    record(verdict(old, "review", OLD), verdict(new, "review", NEW))
    decisions.accept(match_of(old), "movie/841", by=person)
    decisions.refuse_all(match_of(new), by=person)

    merge_entries(old, into=new)

    assert told(Match.objects.get()) == ("none", "", ["movie/938"])
    assert ids_of(new) == []


def test_what_was_refused_of_either_is_refused_and_the_next_candidate_waits(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    record(verdict(old, "review", OLD, NEW), verdict(new, "review", OLD, SERIES, NEW))
    decisions.refuse(match_of(old), "movie/841", by=person)
    decisions.refuse(match_of(new), "tv/841", by=person)

    merge_entries(old, into=new)

    assert told(Match.objects.get()) == ("open", "movie/938", ["movie/841", "tv/841"])


def test_a_found_title_that_was_refused_of_the_other_gives_up_its_id(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    record(verdict(old, "accepted", OLD), verdict(new, "review", OLD))
    decisions.refuse(match_of(new), "movie/841", by=person)

    merge_entries(old, into=new)

    assert told(Match.objects.get()) == ("refused", "", ["movie/841"])
    assert ids_of(new) == []


def test_a_match_that_is_alone_moves(old: ScreenWork, new: ScreenWork) -> None:
    record(verdict(old, "accepted", OLD))

    merge_entries(old, into=new)

    assert (match_of(new).ref, ids_of(new)) == ("movie/841", [("tmdb_movie", "841", "tmdb")])


def differing(entry: ScreenWork, field: str, theirs: Any, *, by: User) -> Difference:
    edit_entry(entry, {field: getattr(entry, field) + 1}, by=by)
    Difference.objects.filter(entry_id=entry.pk).delete()
    return Difference.objects.create(
        kind="screen_work", entry_id=entry.pk, field=field, theirs={field: theirs}, source="wikidata",
        first_seen_at=SECOND.at,
    )  # fmt: skip


def test_a_difference_that_a_person_has_decided_moves_with_the_field(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    keep_ours(differing(old, "year", 1985, by=person), by=person)

    merge_entries(old, into=new)

    (moved,) = differences_of(new)
    assert (moved.theirs, moved.kept_by, "year" in new.locks) == ({"year": 1985}, person, True)


def test_a_difference_of_a_field_that_does_not_move_goes(
    old: ScreenWork,
    new: ScreenWork,
    person: User,  # noqa: F811
) -> None:
    differing(old, "year", 1985, by=person)
    stays = differing(new, "year", 1986, by=person)

    merge_entries(old, into=new)

    assert Difference.objects.get() == stays
