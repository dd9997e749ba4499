"""The engine, its rounds made one by one: who leads, what a round costs, and what it outlives."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from adaptapedia.local.processes import wait_until
from adaptapedia.scheduling import leader, queries
from adaptapedia.scheduling.beat import Engine, Scheduler
from adaptapedia.scheduling.core.engine import Deposed
from adaptapedia.scheduling.leader import Session
from adaptapedia.scheduling.models import JobRun, Lease
from adaptapedia.scheduling.store import PostgresStore
from tests.integration.scheduling.beats import Beats
from tests.integration.scheduling.world import make_schedule, miss

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sample_jobs")]
State = JobRun.State


def test_nothing_is_due_before_its_time(sent: list[int], beat: Beats) -> None:
    make_schedule("sample-count", every=3600)
    engine = beat()
    engine.go_round()
    engine.go_round()
    assert engine.leads
    assert not JobRun.objects.exists()
    assert sent == []


def test_celery_finds_the_engine_behind_its_own_extension_point(sent: list[int]) -> None:
    miss(make_schedule("sample-count"), hours=1)
    scheduler = Scheduler(app=current_app._get_current_object())
    try:
        assert scheduler.tick() == 0.0
        assert sent == [JobRun.objects.get().pk]
    finally:
        scheduler.close()


def test_one_of_two_beats_leads_and_writes_a_tick_once(sent: list[int], beat: Beats) -> None:
    one, other = beat(), beat()
    miss(make_schedule("sample-count"), hours=1)
    for engine in (one, other, one, other):
        engine.go_round()
    assert (one.leads, other.leads) == (True, False)
    assert sent == [JobRun.objects.get().pk]
    assert [who for who, _ in [leader.leader() or ("nobody", None)]] == ["beat 1"]


def leads_after_a_round(engine: Engine) -> bool:
    """The server frees the lock of a session that is over when it comes to it."""
    engine.go_round()
    return engine.leads


def test_another_beat_leads_at_once_when_the_first_ends(sent: list[int], beat: Beats) -> None:
    one, other = beat(), beat()
    one.go_round()
    other.go_round()
    one.close()
    miss(make_schedule("sample-count"), hours=1)
    assert wait_until(lambda: leads_after_a_round(other), seconds=60)
    assert Lease.objects.get().epoch >= 2
    assert sent == [JobRun.objects.get().pk]


def test_a_leader_that_hangs_loses_its_session_and_can_write_nothing_when_it_wakes(
    sent: list[int], beat: Beats, caplog: Any
) -> None:
    hanging, other = beat(), beat()
    hanging.go_round()
    session = hanging._session
    assert session is not None
    Lease.objects.update(renewed_at=timezone.now() - timedelta(seconds=6))
    assert wait_until(lambda: leads_after_a_round(other), seconds=60)
    assert "has hung since" in caplog.text
    miss(make_schedule("sample-count"), hours=1)
    with pytest.raises(psycopg.OperationalError):
        PostgresStore(session).write_due()
    assert not JobRun.objects.exists()
    other.go_round()
    assert sent == [JobRun.objects.get().pk]
    for _ in range(2):
        hanging.go_round()
    assert not hanging.leads


@pytest.mark.parametrize("lease", ["none yet", "another's"])
def test_a_beat_that_hangs_between_the_lock_and_the_lease_loses_its_session_in_time(
    sent: list[int], beat: Beats, caplog: Any, monkeypatch: pytest.MonkeyPatch, lease: str
) -> None:
    if lease == "none yet":
        Lease.objects.all().delete()
    else:
        beat().go_round()
        beat.close()
        Lease.objects.update(renewed_at=timezone.now() - timedelta(minutes=1))
    hanging, other = Session("hanging"), beat()
    try:
        hanging.execute(f"SELECT pg_advisory_lock({leader.LEAD})")
        other.go_round()
        other.go_round()
        assert not other.leads
        with monkeypatch.context() as in_time:
            in_time.setattr(leader, "LEASE", timedelta())
            other.go_round()
        assert "of session" in caplog.text
        assert wait_until(lambda: (other.go_round(), other.leads)[1], seconds=60)
    finally:
        hanging.resign()


def test_a_holder_whose_epoch_is_over_writes_nothing(beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    session = engine._session
    assert session is not None
    Lease.objects.update(epoch=1_000)
    miss(make_schedule("sample-count"), hours=1)
    with pytest.raises(Deposed):
        PostgresStore(session).write_due()
    assert not JobRun.objects.exists()


def test_an_idle_round_makes_one_statement(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    make_schedule("sample-count")
    engine = beat()
    for _ in range(3):
        engine.go_round()
    made: list[str] = []
    execute = Session.execute
    monkeypatch.setattr(
        Session, "execute", lambda self, query, *rest: (made.append(query), execute(self, query, *rest))[1]
    )
    with django_assert_num_queries(0):
        engine.go_round()
    assert len(made) == 1, made


def test_a_round_finds_the_runs_that_need_care(sent: list[int], beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    run = JobRun.objects.create(
        schedule_name="sample-count", task="sample_count", state=State.WAITING, next_attempt_at=timezone.now()
    )

    def sent_in_a_round() -> bool:
        engine.go_round()
        return run.pk in sent

    assert wait_until(sent_in_a_round, seconds=5)


def test_beat_gives_a_sign_of_life(sent: list[int], beat: Beats) -> None:
    cache.delete(queries.BEAT_SEEN)
    assert queries.beat_seen() is None
    beat().go_round()
    seen = queries.beat_seen()
    assert seen is not None
    assert timezone.now() - seen < timedelta(seconds=5)


def test_beat_goes_on_when_the_database_comes_back(
    sent: list[int], beat: Beats, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    miss(make_schedule("sample-count"), hours=1)
    engine = beat()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", "1")
        connection.close()
        for _ in range(3):
            engine.go_round()
            assert engine._pause == 1.0
    assert caplog.text.count("out of reach") == 1
    engine.go_round()
    assert sent == [JobRun.objects.get().pk]
    assert "Within reach again" in caplog.text


def test_a_session_that_is_ended_is_made_anew(sent: list[int], beat: Beats) -> None:
    engine = beat()
    engine.go_round()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(backend) FROM scheduling_lease")
    miss(make_schedule("sample-count"), hours=1)
    for _ in range(2):
        engine.go_round()
    assert engine.leads
    assert sent == [JobRun.objects.get().pk]
