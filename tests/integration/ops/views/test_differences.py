import html
import json
import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Work
from adaptapedia.ingest.models import Difference
from adaptapedia.ops.paging import PAGE
from tests.integration.ops.samples import make_differences


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, difference: Difference, keep: str, theirs: object = None) -> int:
    said = difference.theirs if theirs is None else theirs
    return client.post(f"/ops/differences/{difference.pk}/", {"keep": keep, "theirs": json.dumps(said)}).status_code


def test_without_differences_the_page_says_when_they_come(moderator: Client) -> None:
    assert "Nothing waits for a decision." in text_of(moderator, "/ops/differences/")
    assert "There is no such difference." in text_of(moderator, "/ops/differences/?kept=1")


def test_both_values_are_shown_with_the_field_and_where_theirs_came_from(moderator: Client) -> None:
    make_differences(1)

    page = text_of(moderator, "/ops/differences/")

    assert re.search(r"Dune 0 \(1963\).*Year.*1963.*1965.*wikidata.*/ops/runs/7/", page, re.DOTALL)


def test_a_title_with_markup_in_it_is_text(moderator: Client) -> None:
    make_differences(1)
    Difference.objects.update(field="title", theirs={"title": "<script>alert('x')</script>", "title_language": "en"})

    page = text_of(moderator, "/ops/differences/")

    assert "<script>alert" not in page
    assert html.escape("<script>alert('x')</script>") in page


def test_keeping_ours_takes_it_off_the_list_and_names_who_decided(moderator: Client) -> None:
    make_differences(1)
    assert decide(moderator, Difference.objects.get(), "ours") == 302
    assert "Nothing waits" in text_of(moderator, "/ops/differences/")
    assert "moderator" in text_of(moderator, "/ops/differences/?kept=1")
    assert Work.objects.get().year == 1963


@pytest.mark.parametrize("kept", [False, True])
def test_taking_theirs_writes_it_also_after_ours_was_kept(moderator: Client, kept: bool) -> None:
    make_differences(1)
    if kept:
        decide(moderator, Difference.objects.get(), "ours")
    assert decide(moderator, Difference.objects.get(), "theirs") == 302
    work = Work.objects.get()
    assert (work.year, work.locks) == (1965, {})
    assert not Difference.objects.exists()


def test_who_took_theirs_is_kept_with_the_changes_of_the_entry(moderator: Client) -> None:
    from auditlog.models import LogEntry

    make_differences(1)
    decide(moderator, Difference.objects.get(), "theirs")
    entry = LogEntry.objects.get(object_repr__startswith="Dune 0")
    assert entry.actor == User.objects.get(username="moderator")
    assert entry.changes["year"] == ["1963", "1965"]


@pytest.mark.parametrize("keep", ["ours", "theirs"])
def test_a_decision_on_what_has_changed_since_is_not_taken(moderator: Client, keep: str) -> None:
    make_differences(1)
    assert decide(moderator, Difference.objects.get(), keep, theirs={"year": 1899}) == 302
    assert "The upstream says something else by now." in text_of(moderator, "/ops/differences/")
    assert (Work.objects.get().year, Difference.objects.get().kept_at) == (1963, None)


@pytest.mark.parametrize("posted", [{}, {"keep": "both", "theirs": "{}"}, {"keep": "ours", "theirs": "{"}])
def test_what_is_no_decision_is_refused(moderator: Client, posted: dict[str, str]) -> None:
    make_differences(1)
    assert moderator.post(f"/ops/differences/{Difference.objects.get().pk}/", posted).status_code == 422
    assert moderator.post("/ops/differences/4711/", posted).status_code == 404


def test_readers_may_neither_look_nor_decide(reader: Client) -> None:
    make_differences(1)
    assert reader.get("/ops/differences/").status_code == 403
    assert decide(reader, Difference.objects.get(), "theirs") == 403
    assert Work.objects.get().year == 1963


def test_every_difference_is_on_one_page_in_few_queries(
    moderator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_differences(PAGE + 7)
    with django_assert_max_num_queries(12):
        first = moderator.get("/ops/differences/")
    second = moderator.get(f"/ops/differences/?before={first.context['page'].older}")
    keys = [row.pk for page in (first, second) for row in page.context["page"].rows]
    assert len(keys) == len(set(keys)) == PAGE + 7
