import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from adaptapedia.catalogue.models import ScreenExternalId
from adaptapedia.ingest.models import Match
from adaptapedia.ops.paging import PAGE
from tests.integration.ops.samples import candidate, make_match, make_screen_work


@pytest.fixture
def match(db: None) -> Match:
    return make_match(make_screen_work(1))


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, match: Match, **asked: str) -> str:
    """What the person sees afterwards; `match` is up to date."""
    response = client.post(f"/ops/matches/{match.pk}/decide/", asked, follow=True)
    assert response.status_code == 200
    match.refresh_from_db()
    return response.content.decode()


def ids_of(match: Match) -> list[tuple[str, str, str]]:
    return sorted(
        ScreenExternalId.objects.filter(screen_work=match.screen_work).values_list("scheme", "value", "source")
    )


def test_without_matches_the_page_says_when_they_come(moderator: Client) -> None:
    assert "Nothing has been looked for at TMDb yet." in text_of(moderator, "/ops/matches/")


def test_the_list_counts_what_waits_and_what_people_decided(moderator: Client, match: Match) -> None:
    make_match(make_screen_work(2), state=Match.State.ACCEPTED)

    page = text_of(moderator, "/ops/matches/?state=open")

    assert "1 waits." in page
    assert "0 were decided by people." in page
    assert [row.pk for row in moderator.get("/ops/matches/?state=open").context["page"].rows] == [match.pk]


def test_a_match_is_found_by_its_item(moderator: Client, match: Match) -> None:
    make_match(make_screen_work(22))

    assert [row.pk for row in moderator.get("/ops/matches/?item=Q1").context["page"].rows] == [match.pk]
    assert "No match is like this." in text_of(moderator, "/ops/matches/?item=Q3")


def test_every_page_of_operations_says_how_many_wait(moderator: Client, match: Match) -> None:
    assert "Matches (1)" in text_of(moderator, "/ops/rejects/")


def test_our_facts_stand_beside_the_candidates_with_what_was_compared(moderator: Client, match: Match) -> None:
    page = text_of(moderator, f"/ops/matches/{match.pk}/")

    assert "The Island" in page
    assert "https://www.themoviedb.org/movie/841" in page
    assert "<bdi>نوسفيراتو</bdi>" in page
    assert "one year apart" in page
    assert "made by others" in page


def test_what_was_found_that_no_words_are_for_breaks_no_page(moderator: Client, match: Match) -> None:
    Match.objects.filter(pk=match.pk).update(
        candidates=[candidate("tv/1", parts=[["weather", "rain", 1.0]], year=None, language="")]
    )

    assert "https://www.themoviedb.org/tv/1" in text_of(moderator, f"/ops/matches/{match.pk}/")


def test_accepting_writes_the_id_and_says_who_did(moderator: Client, match: Match) -> None:
    page = decide(moderator, match, act="accept", ref="movie/938")

    assert (match.state, match.ref) == (Match.State.ACCEPTED, "movie/938")
    assert match.decided_by is not None
    assert match.decided_by.username in page
    assert ids_of(match) == [("tmdb_movie", "938", "person")]


def test_refusing_one_leaves_the_others_and_refusing_the_last_ends_it(moderator: Client, match: Match) -> None:
    decide(moderator, match, act="refuse", ref="movie/841")
    assert (match.state, match.ref) == (Match.State.OPEN, "movie/938")

    decide(moderator, match, act="refuse", ref="movie/938")
    assert (match.state, match.refused) == (Match.State.REFUSED, ["movie/841", "movie/938"])


def test_none_of_these_can_be_taken_back(moderator: Client, match: Match) -> None:
    page = decide(moderator, match, act="none")
    assert match.state == Match.State.NONE
    assert "Take the decision back" in page

    decide(moderator, match, act="take-back")
    assert (match.state, match.refused, match.decided_by, match.ref) == (Match.State.OPEN, [], None, "movie/841")


def test_what_is_no_candidate_any_more_is_said(moderator: Client, match: Match) -> None:
    assert "the match has changed meanwhile" in decide(moderator, match, act="accept", ref="movie/5")
    assert match.state == Match.State.OPEN


def test_htmx_gets_the_match_alone_as_it_stands_then(moderator: Client, match: Match) -> None:
    response = moderator.post(
        f"/ops/matches/{match.pk}/decide/", {"act": "accept", "ref": "movie/841"}, headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert page.lstrip().startswith('<div id="match"')
    assert "accepted" in page


def test_another_act_is_refused(moderator: Client, match: Match) -> None:
    assert moderator.post(f"/ops/matches/{match.pk}/decide/", {"act": "burn"}).status_code == 400


def test_the_next_that_waits_is_one_link_away(moderator: Client, match: Match) -> None:
    later = make_match(make_screen_work(2))

    assert f'rel="next" href="/ops/matches/{match.pk}/"' in text_of(moderator, f"/ops/matches/{later.pk}/")
    assert f'rel="next" href="/ops/matches/{later.pk}/"' in text_of(moderator, f"/ops/matches/{match.pk}/")


def test_every_match_is_on_exactly_one_page_in_few_queries(
    moderator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(PAGE + 3):
        make_match(make_screen_work(n + 1))
    with django_assert_max_num_queries(12):
        first = moderator.get("/ops/matches/").context["page"]

    second = moderator.get(f"/ops/matches/?before={first.older}").context["page"]
    assert len({row.pk for row in [*first.rows, *second.rows]}) == PAGE + 3
