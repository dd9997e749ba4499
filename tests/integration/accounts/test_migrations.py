import pytest
from django.core.management import call_command
from django.db import connection

INDEX = "token_blacklist_outstandingtoken_expires_at"


def index_is_valid() -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX])
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db(transaction=True)
def test_the_index_of_token_expiry_can_be_taken_back_and_built_again() -> None:
    assert index_is_valid() is True
    call_command("migrate", "accounts", "0002", verbosity=0)
    try:
        assert index_is_valid() is None
    finally:
        call_command("migrate", "accounts", verbosity=0)
    assert index_is_valid() is True
