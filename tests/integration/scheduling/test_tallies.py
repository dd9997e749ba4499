"""What one process counts and another one adds, and how histograms are read."""

import threading
from collections.abc import Iterator
from math import inf

import pytest
from django.db import connection, transaction

from adaptapedia.scheduling import tallies
from adaptapedia.scheduling.tallies import Tallied, tallied

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_collected() -> Iterator[None]:
    tallies.forget()
    yield
    tallies.forget()


def flush() -> None:
    with connection.cursor() as cursor:
        tallies.flush(cursor)


def told(metric: str, **labels: str) -> Tallied:
    (found,) = (one for one in tallied() if one.metric == metric and one.labels == labels)
    return found


def test_what_is_added_at_several_times_adds_up() -> None:
    tallies.add("scheduling_ticks", outcome="run")
    tallies.add("scheduling_ticks", 3, outcome="run")
    flush()
    tallies.add("scheduling_ticks", outcome="run")
    tallies.add("scheduling_ticks", outcome="paused")
    flush()

    assert told("scheduling_ticks", outcome="run").count == 5
    assert told("scheduling_ticks", outcome="paused").count == 1


def test_a_histogram_counts_what_is_below_each_bound() -> None:
    for seconds in (0.01, 0.05, 0.7, 7200, -3):
        tallies.observe("scheduling_lateness_seconds", seconds)
    flush()

    found = told("scheduling_lateness_seconds")

    assert (found.count, round(found.total, 2)) == (5, 7200.76)
    assert found.buckets[0.05] == 3, "a bound belongs to its bucket, and what is below nought counts as nought"
    assert found.buckets[0.5] == 3, "a bucket that nothing fell into has all of the smaller ones"
    assert (found.buckets[1], found.buckets[3600], found.buckets[inf]) == (4, 4, 5)
    assert [*found.buckets] == [*tallies.METRICS["scheduling_lateness_seconds"].buckets]


def test_what_a_transaction_takes_back_is_not_counted() -> None:
    tallies.add("scheduling_leader_changes")
    with transaction.atomic():
        flush()
        transaction.set_rollback(True)
    flush()

    assert [*tallied()] == []


def test_each_thread_flushes_what_it_counted_itself() -> None:
    def count_and_flush() -> None:
        for _ in range(20):
            tallies.add("scheduling_retries", job="a")
            tallies.add("scheduling_retries", job="b")
            flush()
        connection.close()

    tallies.add("scheduling_leader_changes")
    threads = [threading.Thread(target=count_and_flush) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {one.metric: one.count for one in tallied()} == {"scheduling_retries": 60}
    flush()
    assert told("scheduling_leader_changes").count == 1


def test_a_connection_of_psycopg_takes_them_too() -> None:
    tallies.add("scheduling_leader_changes")
    connection.ensure_connection()
    tallies.flush(connection.connection)

    assert told("scheduling_leader_changes").count == 1


def test_a_label_that_is_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"takes the labels \['outcome'\]"):
        tallies.add("scheduling_ticks", result="run")


@pytest.mark.parametrize("letter", ["ж", "😀", '"', "\x01", "\0", "\ud800"])
def test_a_long_name_of_any_letters_is_counted_under_as_much_of_it_as_fits(letter: str) -> None:
    tallies.add("scheduling_runs_ended", job=letter * 2_000, outcome="o" * 2_000)
    flush()

    (found,) = tallied()
    assert found.count == 1
    assert set(found.labels["job"]) <= {letter, "?"}


def test_a_name_of_two_hundred_letters_of_any_script_is_told_whole() -> None:
    tallies.add("scheduling_retries", job="ж" * 200)
    flush()

    assert told("scheduling_retries", job="ж" * 200).count == 1
