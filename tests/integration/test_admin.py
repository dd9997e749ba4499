import pytest
from django.contrib import admin
from django.test import Client

from adaptapedia.accounts.models import User
from tests.integration.ops.samples import make_clash, make_person, make_rejects, make_run, make_schedules

OURS = [model for model in admin.site._registry if model.__module__.startswith("adaptapedia.")]


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_list_of_the_admin_opens_and_searches(client: Client, model: type) -> None:
    client.force_login(make_person("ada", User.Role.ADMINISTRATOR))
    make_schedules()
    make_run()
    make_rejects(3)
    make_clash()
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    assert client.get(address).status_code == 200
    assert client.get(address, {"q": "42"}).status_code == 200


@pytest.mark.django_db
def test_runs_are_read_only_in_the_admin(client: Client) -> None:
    client.force_login(make_person("ada", User.Role.ADMINISTRATOR))
    make_schedules()
    run = make_run()

    assert client.get("/admin/scheduling/jobrun/add/").status_code == 403
    assert client.post(f"/admin/scheduling/jobrun/{run.pk}/change/", {"state": "failed"}).status_code == 403
    assert client.get(f"/admin/scheduling/jobrun/{run.pk}/change/").status_code == 200
