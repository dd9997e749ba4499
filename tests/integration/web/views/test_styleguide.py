from typing import Any

import pytest
from django.test import Client

from tests.integration.ops.samples import make_person
from tests.integration.web.views.test_book import assert_well_formed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "status"), [("user", 404), ("trusted_editor", 404), ("moderator", 200)])
def test_the_style_guide_is_for_staff(client: Client, role: str, status: int) -> None:
    client.force_login(make_person("jonathan", role))

    assert client.get("/styleguide/").status_code == status


def test_it_is_for_nobody_else_unless_one_is_building(client: Client, settings: Any) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    page = client.get("/styleguide/")

    assert page.status_code == 200
    assert_well_formed(page.content.decode())
