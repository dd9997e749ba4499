"""Who may do what in the admin: every role, every kind of row, every way in, by direct POST too."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django_celery_beat.models import PeriodicTask

from adaptapedia.accounts.models import User
from adaptapedia.catalogue.models import Work
from adaptapedia.scheduling.models import JobRun
from tests.integration.admin_rights import IN_USE, RIGHTS
from tests.integration.admin_rows import REGISTERED, address_of, make_rows, name_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rows(db: None) -> None:
    make_rows()


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada", role=role))
    return client


def test_every_kind_of_row_has_its_rights_stated() -> None:
    assert {name_of(model) for model in REGISTERED} <= RIGHTS.keys()


@pytest.mark.parametrize("role", ["administrator", "moderator"])
def test_an_operator_may_do_what_is_stated_and_nothing_else(role: str) -> None:
    client = signed_in(role)
    for model in REGISTERED:
        if (row := model._default_manager.order_by("pk").first()) is not None:
            try_everything(client, row, role)


def try_everything(client: Client, row: Model, role: str) -> None:
    """Every way to look at a row, and every way to write one, by GET and by a POST of nothing."""
    model, address = type(row), address_of(type(row))
    may = getattr(RIGHTS[name_of(model)], role).split()
    before = [*model._default_manager.order_by("pk").values()]

    def allowed(address: str, *, post: bool = False) -> bool:
        answer = client.post(address, {"post": ""}) if post else client.get(address)
        assert answer.status_code in {200, 403}, (address, answer.status_code)
        return answer.status_code == 200

    assert allowed(address) == ("view" in may)
    assert allowed(f"{address}{row.pk}/change/") == ("view" in may)
    assert allowed(f"{address}{row.pk}/history/") == ("view" in may)
    assert allowed(f"{address}add/") == allowed(f"{address}add/", post=True) == ("add" in may)
    assert allowed(f"{address}{row.pk}/change/", post=True) == ("change" in may)
    deletable = "delete" in may and name_of(model) not in IN_USE
    assert allowed(f"{address}{row.pk}/delete/") == deletable
    if not deletable:
        assert client.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    if "change" not in may:
        assert [*model._default_manager.order_by("pk").values()] == before


@pytest.mark.parametrize("role", ["user", "trusted_editor", None])
def test_nobody_else_gets_in(role: str | None) -> None:
    client = signed_in(role) if role else Client()
    for address in map(address_of, REGISTERED):
        for path in ("", "add/", "1/change/", "1/delete/", "1/history/"):
            for answer in (client.get(address + path), client.post(address + path)):
                assert answer.status_code == 302
                assert answer.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("role", "status"), [("administrator", 200), ("moderator", 200), ("user", 302), ("trusted_editor", 302)]
)
def test_choices_are_for_those_who_may_see_them(role: str, status: int) -> None:
    asked = {"app_label": "catalogue", "model_name": "adaptation", "field_name": "work", "term": "drawn"}
    assert signed_in(role).get("/admin/autocomplete/", asked).status_code == status


def test_moderators_are_offered_no_accounts() -> None:
    asked = {"app_label": "admin", "model_name": "logentry", "field_name": "user", "term": "reader"}
    assert signed_in("moderator").get("/admin/autocomplete/", asked).status_code == 403


@pytest.mark.parametrize("act", ["enable", "pause", "run_selected", "delete_selected"])
def test_no_act_on_schedules_is_for_moderators(act: str) -> None:
    schedule = PeriodicTask.objects.order_by("pk").first()
    assert schedule is not None
    PeriodicTask.objects.filter(pk=schedule.pk).update(enabled=act != "enable")
    runs = JobRun.objects.count()
    client = signed_in("moderator")

    sent = {"action": act, "_selected_action": str(schedule.pk), "post": "yes"}
    client.post(address_of(PeriodicTask), sent)
    assert client.post(f"{address_of(PeriodicTask)}{schedule.pk}/run/").status_code == 403

    assert PeriodicTask.objects.get(pk=schedule.pk).enabled == (act != "enable")
    assert JobRun.objects.count() == runs


def test_rows_of_rights_widen_nothing_that_is_an_administrators() -> None:
    everything = Group.objects.create(name="everything")
    everything.permissions.set(Permission.objects.all())
    client = signed_in("moderator")
    grace = User.objects.get(username="ada")
    grace.groups.add(everything)
    schedule = PeriodicTask.objects.order_by("pk").first()
    assert schedule is not None

    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.post(f"{address_of(PeriodicTask)}{schedule.pk}/change/", {"name": "mine"}).status_code == 403
    assert client.get("/admin/catalogue/work/").status_code == 200


def test_an_administrator_cannot_take_the_role_from_themselves() -> None:
    client = signed_in("administrator")
    ada = User.objects.get(username="ada")
    answer = client.post(f"/admin/accounts/user/{ada.pk}/change/", {"username": "ada", "role": "user"})
    assert "cannot give up your own role" in answer.content.decode()
    assert client.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"}).status_code == 403
    ada.refresh_from_db()
    assert (ada.role, ada.is_active) == ("administrator", True)


def test_a_moderator_retires_and_restores_an_entry_but_does_not_delete_it() -> None:
    client = signed_in("moderator")
    work = Work.objects.order_by("pk").first()
    assert work is not None
    address = f"/admin/catalogue/work/{work.pk}/"

    assert client.get(f"{address}retire/").status_code == 200
    work.refresh_from_db()
    assert work.retired_at is None
    assert client.post(f"{address}retire/").status_code == 302
    work.refresh_from_db()
    assert work.retired_at is not None
    assert client.post(f"{address}restore/").status_code == 302
    work.refresh_from_db()
    assert work.retired_at is None
