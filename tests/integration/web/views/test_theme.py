import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_light_stays_and_leads_back(client: Client, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme, "next": "/?from=here"})

    assert response["Location"] == "/?from=here"
    assert f'data-theme="{theme}"' in client.get("/").content.decode()


def test_the_systems_wish_takes_over_again(client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/"})
    client.post("/theme/", {"theme": "system", "next": "/"})

    assert "data-theme" not in client.get("/").content.decode()


def test_an_unknown_light_is_refused(client: Client) -> None:
    assert client.post("/theme/", {"theme": "neon"}).status_code == 400


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_stays_in_the_house(client: Client, back: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": back})["Location"] == "/"
