"""Sessions and tokens go in batches of their own, around whoever holds a row."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from adaptapedia.accounts.actions import BEGINNING, SESSIONS, TOKENS, delete_expired_sessions, delete_expired_tokens
from adaptapedia.kit.batches import FIRST_BATCH

pytestmark = pytest.mark.django_db(transaction=True)


def make_sessions(prefix: str, number: int, *, ago: timedelta, apart: timedelta = timedelta(seconds=1)) -> None:
    expiry = timezone.now() - ago
    Session.objects.bulk_create(
        Session(session_key=f"{prefix}{i}", session_data="", expire_date=expiry - i * apart) for i in range(number)
    )


def make_tokens(prefix: str, number: int, *, ago: timedelta) -> list[OutstandingToken]:
    expiry = timezone.now() - ago
    return OutstandingToken.objects.bulk_create(
        OutstandingToken(jti=f"{prefix}{i}", token="t", expires_at=expiry - timedelta(seconds=i)) for i in range(number)
    )


@contextmanager
def held_elsewhere(statement: str) -> Iterator[None]:
    """A statement of another connection, whose transaction stays open during the block."""
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            held.set()
            release.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    try:
        yield
    finally:
        release.set()
        holder.join()


def test_expired_sessions_go_batch_by_batch_and_live_ones_stay() -> None:
    make_sessions("old", 3_500, ago=timedelta(minutes=1))
    make_sessions("live", 5, ago=-timedelta(days=1))

    batches = list(delete_expired_sessions(before=timezone.now()))

    assert batches[0] == FIRST_BATCH
    assert sum(batches) == 3_500
    assert set(Session.objects.values_list("session_key", flat=True)) == {f"live{i}" for i in range(5)}


def test_sessions_that_expired_all_at_once_go_in_batches_too() -> None:
    make_sessions("old", 2_500, ago=timedelta(minutes=1), apart=timedelta())

    batches = list(delete_expired_sessions(before=timezone.now()))

    assert len(batches) >= 2
    assert sum(batches) == 2_500


def test_each_batch_is_committed_before_the_next_begins() -> None:
    make_sessions("old", 1_500, ago=timedelta(minutes=1))

    next(batches := delete_expired_sessions(before=timezone.now()))
    batches.close()  # type: ignore[attr-defined]

    assert Session.objects.count() == 500
    assert not connection.in_atomic_block


def test_nothing_expired_means_no_batch() -> None:
    assert list(delete_expired_sessions(before=timezone.now())) == []
    assert list(delete_expired_tokens(before=timezone.now())) == []


def test_a_batch_refuses_to_be_part_of_a_longer_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        next(delete_expired_sessions(before=timezone.now()))


def test_a_session_that_somebody_holds_is_left_and_the_others_go_without_waiting() -> None:
    make_sessions("old", 20, ago=timedelta(minutes=1))

    with held_elsewhere("SELECT 1 FROM django_session WHERE session_key = 'old7' FOR UPDATE"):
        began = timezone.now()
        deleted = sum(delete_expired_sessions(before=timezone.now()))
        took = timezone.now() - began

    assert deleted == 19
    assert Session.objects.get().session_key == "old7"
    assert took < timedelta(seconds=20)


def test_tokens_go_with_their_place_on_the_blacklist() -> None:
    old = make_tokens("old", 1_200, ago=timedelta(days=31))
    kept = make_tokens("kept", 3, ago=timedelta(days=29))
    BlacklistedToken.objects.bulk_create(BlacklistedToken(token=token) for token in [*old[::10], kept[0]])

    batches = list(delete_expired_tokens(before=timezone.now() - timedelta(days=30)))

    assert sum(batches) == 1_200
    assert len(batches) == 2
    assert set(OutstandingToken.objects.all()) == set(kept)
    assert BlacklistedToken.objects.get().token == kept[0]


def test_a_token_that_somebody_holds_is_left_and_the_others_go_without_waiting() -> None:
    make_tokens("old", 20, ago=timedelta(days=31))

    with held_elsewhere("SELECT 1 FROM token_blacklist_outstandingtoken WHERE jti = 'old7' FOR UPDATE"):
        assert sum(delete_expired_tokens(before=timezone.now())) == 19

    assert OutstandingToken.objects.get().jti == "old7"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (SESSIONS, "django_session_expire_date"),
        (TOKENS, "token_blacklist_outstandingtoken_expires_at"),
    ],
)
def test_expired_rows_are_found_by_index(query: str, index: str) -> None:
    make_sessions("live", 2_000, ago=-timedelta(days=1))
    make_tokens("live", 2_000, ago=-timedelta(days=1))
    bounds = {"since": BEGINNING, "before": timezone.now(), "size": 1_000}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE django_session, token_blacklist_outstandingtoken")
        cursor.execute(f"EXPLAIN {query}", bounds)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert index in plan


def test_a_token_that_is_just_put_on_the_blacklist_is_left_for_the_next_time() -> None:
    tokens = make_tokens("old", 3, ago=timedelta(days=31))
    listing = (
        "SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) "
        f"VALUES ({tokens[1].pk}, now())"
    )

    with held_elsewhere(listing):
        assert sum(delete_expired_tokens(before=timezone.now())) == 2

    assert BlacklistedToken.objects.get().token == tokens[1]
    assert sum(delete_expired_tokens(before=timezone.now())) == 1
    assert not BlacklistedToken.objects.exists()
