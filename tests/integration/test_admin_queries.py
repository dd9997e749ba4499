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
from tests.integration.admin_rights import IN_USE, RIGHTS
from tests.integration.admin_rows import REGISTERED, address_of, make_rows, name_of

pytestmark = pytest.mark.django_db
MOST = 20


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    make_rows()


@pytest.fixture(params=["administrator", "moderator"])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(client: Client, role: str) -> Client:
    client.force_login(User.objects.create_user("ada", role=role))
    return client


def opened(client: Client, address: str, asked: dict[str, str] | None = None) -> int:
    """Opens a page and holds it to its queries; the answer's status."""
    with CaptureQueriesContext(connection) as made:
        answer = client.get(address, asked or {})
    assert len(made) <= MOST, f"{address}: {len(made)} queries, {made.captured_queries}"
    return answer.status_code


def test_no_page_takes_over_twenty_queries(person: Client, role: str) -> None:
    for model in REGISTERED:
        open_every_page(person, model, getattr(RIGHTS[name_of(model)], role).split())


def open_every_page(person: Client, model: type[Model], may: list[str]) -> None:
    def status(right: str) -> int:
        return 200 if right in may else 403

    page = admin.site._registry[model]
    address = address_of(model)
    newest = model._default_manager.exclude(pk__in=oneself(model)).order_by("-pk").first()
    assert newest is not None, f"no row of {name_of(model)} to look at"
    statuses = {
        opened(person, address),
        opened(person, address, {"q": "drawn"}),
        opened(person, address, {"q": "42"}),
        *([opened(person, address, {"p": "2"})] if model._default_manager.count() > 50 else []),
        opened(person, f"{address}{newest.pk}/change/"),
        opened(person, f"{address}{newest.pk}/history/"),
    }
    assert statuses == {status("view")}, name_of(model)
    assert opened(person, f"{address}add/") == status("add")
    deletable = "delete" in may and name_of(model) not in IN_USE
    assert opened(person, f"{address}{newest.pk}/delete/") == (200 if deletable else 403)
    for act in getattr(page, "actions_detail", ()):
        path = getattr(page, act).url_path
        assert opened(person, f"{address}{newest.pk}/{path}/") == (200 if {"change", "act"} & {*may} else 403)


def oneself(model: type[Model]) -> list[int]:
    """Nobody may delete their own account here, which is the newest."""
    return [*User.objects.filter(username="ada").values_list("pk", flat=True)] if model is User else []


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
