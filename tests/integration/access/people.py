"""Who asks: nobody, one person of each role with a session, and a program with the token of each."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from adaptapedia.accounts.models import User
from adaptapedia.api.tokens import issue
from tests.integration.ops.samples import make_person

ROLES = [role.value for role in User.Role]
FORM = "application/x-www-form-urlencoded"
ASKING = ["anonymous", *ROLES, *(f"{role}'s token" for role in ROLES)]
"""The columns of the matrix, in their order."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody with a client of their own."""

    client: Client
    headers: dict[str, str]

    def status_of(self, method: str, address: str, body: bytes = b"", kind: str = FORM) -> int:
        """The status of the answer to a request. Whatever the request did is undone."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            response = self.client.generic(method, address, body, kind, headers=self.headers)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        cache.clear()  # limits and messages are kept there
        return int(response.status_code)


def everybody() -> list[Asker]:
    """In the order of `ASKING`."""
    people = [make_person(f"{role}-person", role) for role in ROLES]
    with_session = [Asker(_client(person), {}) for person in people]
    with_token = [Asker(_client(), {"Authorization": f"Bearer {issue(person).access}"}) for person in people]
    return [Asker(_client(), {}), *with_session, *with_token]


def _client(person: User | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person)
    return client
