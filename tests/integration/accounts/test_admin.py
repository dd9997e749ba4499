import pytest
from django.test import Client

from adaptapedia.accounts.models import User

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_people_are_found_by_name_and_by_role(administrator: Client) -> None:
    User.objects.create_user("ada", role=User.Role.MODERATOR)
    User.objects.create_user("bob")

    for query in ({"q": "ada"}, {"q": "moderator"}, {"role__exact": "moderator"}):
        found = administrator.get(USERS, query).content.decode()
        assert ">ada</a>" in found
        assert ">bob</a>" not in found


def test_a_person_is_added_with_a_role(administrator: Client) -> None:
    password = {"usable_password": "true", "password1": "orchard-hinge-41", "password2": "orchard-hinge-41"}
    answer = administrator.post(f"{USERS}add/", {"username": "ada", "role": "moderator", **password})

    assert answer.status_code == 302
    ada = User.objects.get(username="ada")
    assert (ada.role, ada.is_staff) == (User.Role.MODERATOR, True)
    assert ada.check_password("orchard-hinge-41")


def test_a_new_role_changes_what_a_person_may_do(administrator: Client) -> None:
    ada = User.objects.create_user("ada", role=User.Role.MODERATOR)
    form = {
        "username": "ada",
        "is_active": "on",
        "role": "user",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00",
    }

    answer = administrator.post(f"{USERS}{ada.pk}/change/", form)

    assert answer.status_code == 302, answer.content.decode()
    ada.refresh_from_db()
    assert (ada.role, ada.is_staff) == (User.Role.USER, False)
