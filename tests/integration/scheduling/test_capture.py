"""The lines of an attempt: which are its own, how many are kept, and what becomes of them without a database."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from adaptapedia.scheduling.attempts import policies_for
from adaptapedia.scheduling.capture import KEPT, Capture
from adaptapedia.scheduling.models import JobRun, RunLine
from adaptapedia.scheduling.runner import Pulse, run_message
from adaptapedia.scheduling.terms import Counts, Run
from tests.integration.scheduling.world import SAMPLES, make_run

pytestmark = pytest.mark.django_db(transaction=True)
log = logging.getLogger("books")


@pytest.fixture(autouse=True)
def _as_workers_log() -> Iterator[None]:
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel("INFO")
    yield
    root.setLevel(level)


def texts(run: JobRun) -> list[str]:
    return [*RunLine.objects.filter(run=run).values_list("text", flat=True)]


def test_lines_of_the_attempt_are_kept_and_those_before_and_after_are_not() -> None:
    run = make_run(attempt=2)
    log.warning("before")
    with Capture(run):
        log.warning("%d books read", 3)
        logging.getLogger("celery.worker").info("a library's")
        log.debug("not for people")
    log.warning("after")

    first, second = RunLine.objects.filter(run=run)
    assert (first.text, first.level, first.logger, first.attempt) == ("3 books read", "warning", "books", 2)
    assert second.text == "a library's"


def test_what_a_job_logged_is_kept_before_its_end_is_recorded() -> None:
    run = make_run()
    with Capture(run) as capture, Pulse(run, policies_for(run), capture) as pulse:
        log.warning("the last word")
        pulse.settle()
        assert texts(run) == ["the last word"]


def test_a_line_of_structlog_is_kept_with_its_fields() -> None:
    run = make_run()
    with Capture(run):
        structlog.get_logger("films").info("found", year=1984)
    assert texts(run) == ["found year=1984"]


def suspects(run: Run) -> Counts:
    log.info("half of it is gone")
    run.suspect("Half of it is gone.")
    return {}


def breaks(run: Run) -> Counts:
    log.info("half of it is gone")
    raise ZeroDivisionError


@pytest.mark.parametrize(("job", "state", "lines"), [(suspects, "succeeded", 2), (breaks, "failed", 1)])
def test_who_reads_a_run_that_has_ended_has_all_its_lines(job: Callable[[Run], Counts], state: str, lines: int) -> None:
    spec = replace(SAMPLES["sample-count"], run=job, remember_as=None)
    run = make_run()
    request = SimpleNamespace(headers={"run_id": run.pk}, hostname="here", id="")
    with CaptureQueriesContext(connection) as asked, suppress(ZeroDivisionError):
        run_message(spec, request, [], {})
    statements = [query["sql"] for query in asked]
    (end,) = [at for at, sql in enumerate(statements) if sql.startswith("UPDATE") and f"'{state}'" in sql]
    kept = [at for at, sql in enumerate(statements) if sql.startswith('INSERT INTO "scheduling_runline"')]
    assert kept[-1] < end
    assert len(texts(run)) == lines
    assert JobRun.objects.get(pk=run.pk).state == state


def test_a_thread_that_the_job_starts_counts_too() -> None:
    run = make_run()
    with Capture(run):
        thread = threading.Thread(target=log.info, args=["from aside"])
        thread.start()
        thread.join()
    assert texts(run) == ["from aside"]


def test_two_attempts_in_one_process_keep_their_lines_apart() -> None:
    runs = [make_run(), make_run()]
    both_in = threading.Barrier(2)

    def attempt(run: JobRun) -> None:
        with Capture(run):
            both_in.wait(20)
            log.info("of run %s", run.pk)
            both_in.wait(20)
        connection.close()

    threads = [threading.Thread(target=attempt, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [texts(run) for run in runs] == [[f"of run {run.pk}"] for run in runs]


def test_the_newest_thousand_are_kept() -> None:
    run = make_run()
    with Capture(run) as capture:
        for number in range(KEPT + 5):
            log.info("line %d", number)
        capture.flush()
        for number in range(7):
            log.info("later line %d", number)

    kept = texts(run)
    assert (len(kept), kept[0], kept[-1]) == (KEPT, "line 12", "later line 6")


def test_a_traceback_is_part_of_its_line_and_the_end_of_a_long_one_stays() -> None:
    run = make_run()
    with Capture(run):
        try:
            raise ValueError("no such \0 book" + "!" * 5_000)
        except ValueError:
            log.exception("stumbled")
    (text,) = texts(run)
    assert text.endswith("!!!")
    assert len(text) == 4_000


def test_lines_wait_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("away")

    with Capture(run) as capture:
        log.info("first")
        with monkeypatch.context() as patch:
            patch.setattr(RunLine.objects, "bulk_create", away)
            with pytest.raises(OperationalError):
                capture.flush()
        assert capture.waiting
        log.info("second")
        capture.flush()
        assert not capture.waiting

    assert texts(run) == ["first", "second"]


def test_the_lines_of_a_run_that_is_deleted_meanwhile_go_with_it() -> None:
    run = make_run()
    with Capture(run):
        log.info("said")
        JobRun.objects.filter(pk=run.pk).delete()
    assert RunLine.objects.count() == 0


class Unspeakable:
    def __str__(self) -> str:
        raise ZeroDivisionError("of no words")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("it is %s", (Unspeakable(),)), (Unspeakable(), ()), ({"event": "found", "what": Unspeakable()}, ())],
)
def test_a_line_that_cannot_be_told_fails_nothing_and_says_where_it_was(
    message: object, arguments: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    run = make_run()
    with Capture(run) as capture:
        line = logging.LogRecord("job", logging.INFO, "/job.py", 7, message, arguments, None)
        capture._handler.handle(line)
        log.info("it goes on")

    assert texts(run) == ["a line of /job.py:7 that cannot be told (ZeroDivisionError)", "it goes on"]


def test_a_time_limit_that_strikes_while_a_line_is_made_is_the_jobs() -> None:
    class Slow:
        def __str__(self) -> str:
            raise SoftTimeLimitExceeded

    with Capture(make_run()) as capture, pytest.raises(SoftTimeLimitExceeded):
        capture._handler.handle(logging.LogRecord("job", logging.INFO, "/job.py", 7, "%s", (Slow(),), None))
