import pytest

from adaptapedia.catalogue.actions import SlugTaken, change_slug
from adaptapedia.catalogue.models import Work
from adaptapedia.catalogue.queries import find_by_slug

pytestmark = pytest.mark.django_db


def make_work(slug: str) -> Work:
    return Work.objects.create(title=slug, title_language="en", slug=slug, sort_key=slug, search_text=slug)


def test_a_changed_slug_redirects_and_the_new_one_does_not() -> None:
    work = make_work("dune")
    change_slug(work, to="dune-novel")
    assert find_by_slug(Work, "dune") == (work, True)
    assert find_by_slug(Work, "dune-novel") == (work, False)


def test_a_slug_that_another_entry_once_had_is_refused() -> None:
    change_slug(make_work("dune"), to="dune-novel")
    other = make_work("arrakis")
    with pytest.raises(SlugTaken, match="'dune' belongs"):
        change_slug(other, to="dune")


def test_an_entry_may_take_its_former_slug_back() -> None:
    work = make_work("dune")
    change_slug(work, to="dune-novel")
    change_slug(work, to="dune")
    assert find_by_slug(Work, "dune") == (work, False)
    assert find_by_slug(Work, "dune-novel") == (work, True)


def test_an_unknown_slug_finds_nothing() -> None:
    assert find_by_slug(Work, "nowhere") is None
