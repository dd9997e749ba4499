"""No page of the admin takes over twenty queries, however much it shows; none counts a long table."""

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import ForeignKey, Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Person, ScreenWork, Work
from adaptapedia.desk import counting
from adaptapedia.desk.counting import BoundedPaginator
from tests.integration.admin_rows import REGISTERED, address_of, make_rows, name_of

pytestmark = pytest.mark.django_db
MOST = 20


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    make_rows()


@pytest.fixture(params=["administrator", "moderator"])
def person(request: pytest.FixtureRequest, client: Client) -> Client:
    client.force_login(User.objects.create_user("ada", role=request.param))
    return client


def opened(client: Client, address: str, asked: dict[str, str] | None = None) -> int:
    """Opens a page and holds it to its queries; the answer's status."""
    with CaptureQueriesContext(connection) as made:
        answer = client.get(address, asked or {})
    assert len(made) <= MOST, f"{address}: {len(made)} queries, {made.captured_queries}"
    return answer.status_code


def test_no_page_takes_over_twenty_queries(person: Client) -> None:
    for model in REGISTERED:
        open_every_page(person, model)


def open_every_page(person: Client, model: type[Model]) -> None:
    page = admin.site._registry[model]
    address = address_of(model)
    seen = opened(person, address)
    newest = model._default_manager.order_by("-pk").first()
    if newest is None:
        assert seen in {200, 403}
        return
    statuses = {
        seen,
        opened(person, address, {"q": "drawn"}),
        opened(person, address, {"q": "42"}),
        opened(person, address, {"p": "2"}) if model._default_manager.count() > 50 else seen,
        opened(person, f"{address}{newest.pk}/change/"),
        opened(person, f"{address}{newest.pk}/history/"),
    }
    assert statuses == {200} or statuses == {403}
    assert opened(person, f"{address}add/") in {200, 403}
    assert opened(person, f"{address}{newest.pk}/delete/") in {200, 403}
    for act in getattr(page, "actions_detail", ()):
        path = getattr(page, act).url_path
        assert opened(person, f"{address}{newest.pk}/{path}/") in {200, 403}


def test_the_overview_takes_few(person: Client) -> None:
    assert opened(person, "/admin/") == 200


def choices() -> list[tuple[type[Model], str]]:
    return [
        (model, field)
        for model, page in admin.site._registry.items()
        for field in page.autocomplete_fields
        if isinstance(model._meta.get_field(field), ForeignKey)
    ]


def test_choices_are_offered_in_few_queries(person: Client) -> None:
    statuses = set()
    for model, field in choices():
        asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
        for term in ("", "drawn", "1"):
            statuses.add(opened(person, "/admin/autocomplete/", {**asked, "term": term}))
    assert statuses == {200}


@pytest.mark.parametrize("model", [Work, ScreenWork, Person], ids=name_of)
def test_a_whole_table_is_estimated_and_a_selection_counted_no_further_than_is_quick(
    monkeypatch: pytest.MonkeyPatch, model: type[Model]
) -> None:
    monkeypatch.setattr(counting, "COUNTED", 10)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")

    whole = BoundedPaginator(model._default_manager.order_by("-pk"), 50)
    assert (whole.count, whole.inexact) == (55, "about")
    selection = BoundedPaginator(model._default_manager.filter(pk__gt=0).order_by("-pk"), 50)
    assert (selection.count, selection.inexact) == (10, "over")
    few = BoundedPaginator(model._default_manager.filter(slug__endswith="-1").order_by("-pk"), 50)
    assert few.inexact == ""
