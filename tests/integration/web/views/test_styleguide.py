from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import adaptapedia.web
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


def test_every_part_that_the_pages_use_is_shown_and_no_other_is_there(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    templates = Path(adaptapedia.web.__file__).parent / "templates"
    parts = {f"web/parts/{path.name}" for path in (templates / "web" / "parts").glob("*.html")}
    shown = {template.name for template in client.get("/styleguide/").templates}
    assert parts - shown == set()
    users = [*templates.rglob("*.html"), *templates.parent.glob("templatetags/*.py")]
    used = "".join(path.read_text(encoding="utf-8") for path in users if path.name != "styleguide.html")
    unused = {part for part in parts if f'"{part}"' not in used}
    assert unused == set()
