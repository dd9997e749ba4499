"""Every address × everybody × every method: the answer that `matrix.txt` states. A new address needs a row there.

Not everybody is asked everything. Where all are stated to be answered alike, nobody, the administrator and their token
stand for all; for HEAD where it is stated to be as GET, a moderator too; outside of api/ one token for all.
"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.integration.access.addresses import routes
from tests.integration.access.matrix import METHODS, as_text, stated
from tests.integration.access.people import ASKING, everybody
from tests.integration.access.rows import address_of, make_rows

MATRIX = stated()
TOKENS = range(ASKING.index("administrator") + 1, len(ASKING))
OPEN_TO_FORGERS = {"theme/"}
"""Addresses that take a POST without a token on purpose; what is under api/ knows no session at all."""


def group_of(route: str) -> str:
    """What is tested at once: a room, and of the admin's many addresses those of one app."""
    parts = route.split("/")
    return "/".join(parts[:2]) if parts[0] == "admin" else parts[0]


def asked(route: str, method: str) -> list[int]:
    """Who is asked, as places in `ASKING`."""
    statuses = MATRIX[route][method]
    few = [ASKING.index("anonymous"), ASKING.index("administrator"), TOKENS[-1]]
    if len(set(statuses)) == 1:
        return few
    if method == "HEAD" and statuses == MATRIX[route]["GET"]:
        return [*few, ASKING.index("moderator")]
    return [place for place in range(len(ASKING)) if place not in TOKENS[:-1] or route.startswith("api/")]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(MATRIX) == set(routes())


def test_every_row_answers_every_method_to_everybody() -> None:
    for route, answers in MATRIX.items():
        assert set(answers) == set(METHODS), route
        assert all(len(statuses) == len(ASKING) for statuses in answers.values()), route


def test_outside_of_the_api_a_token_counts_for_nothing() -> None:
    elsewhere = [route for route in MATRIX if not route.startswith("api/")]
    for route in elsewhere:
        for statuses in MATRIX[route].values():
            assert {statuses[place] for place in TOKENS} == {statuses[0]}, route


def test_no_row_states_a_fault_of_ours() -> None:
    faulty = [route for route, answers in MATRIX.items() if max(map(max, answers.values())) >= 500]
    assert faulty == []


@pytest.mark.django_db
@pytest.mark.parametrize("group", sorted({group_of(route) for route in MATRIX}))
def test_whoever_is_asked_gets_the_stated_answer(group: str) -> None:
    make_rows()
    asking = everybody()
    wrong = []
    for route, expected in MATRIX.items():
        if group_of(route) != group:
            continue
        address = address_of(route)
        if any(
            asking[place].status_of(method, address) != expected[method][place]
            for method in METHODS
            for place in asked(route, method)
        ):
            given = {method: tuple(asker.status_of(method, address) for asker in asking) for method in METHODS}
            wrong.append(as_text(route, given))
    assert not wrong, "These addresses answer otherwise than stated, namely:\n" + "\n".join(wrong)


@pytest.mark.django_db
def test_whoever_has_a_session_changes_nothing_without_the_token_of_a_form() -> None:
    make_rows()
    administrator = Client(enforce_csrf_checks=True)
    administrator.cookies = everybody()[ASKING.index("administrator")].client.cookies
    taken = []
    for route, answers in MATRIX.items():
        if route.startswith("api/") or route in OPEN_TO_FORGERS or answers["POST"][0] == 405:
            continue
        if administrator.post(address_of(route)).status_code != 403:
            taken.append(route)
    assert taken == []
