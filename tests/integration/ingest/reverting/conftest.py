"""Runs to take back. Imports wait for tests/conftest.py to set Django up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from adaptapedia.accounts.models import User


@pytest.fixture(autouse=True)
def both_runs(db: None) -> None:
    """Run 1 and run 2, both over; ids of later runs are far from theirs."""
    from django.db import connection

    from tests.integration.ingest.reverting.world import make_run

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('scheduling_jobrun', 'id'), 5000)")
    for number in (1, 2):
        make_run(number)


@pytest.fixture
def editor() -> "User":
    from adaptapedia.accounts.models import User

    return User.objects.create_user("editor", password="a long one for nobody")
