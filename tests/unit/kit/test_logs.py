"""Logs: readable here, JSON elsewhere."""

import json
import logging
import threading
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings

from adaptapedia.kit.logs import bound, write_logs


@pytest.fixture(autouse=True)
def _leave_logging_as_it_was() -> Iterator[None]:
    handlers = logging.getLogger().handlers[:]
    yield
    write_logs(settings.LOGGING)
    logging.getLogger().handlers[:] = handlers


def test_a_line_of_json_holds_event_level_logger_and_context(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs({"readable": False, "level": "INFO"})
    with structlog.contextvars.bound_contextvars(run=7):
        logging.getLogger("books").warning("lost %s", "Dune")
        structlog.get_logger("films").info("found", year=1984)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["logger"], line["event"], line["level"], line["run"]) for line in lines] == [
        ("books", "lost Dune", "warning", 7),
        ("films", "found", "info", 7),
    ]
    assert lines[1]["year"] == 1984


def test_a_traceback_is_part_of_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs({"readable": False, "level": "INFO"})
    try:
        raise ValueError("no such book")
    except ValueError:
        logging.getLogger("books").exception("stumbled")
    assert "ValueError: no such book" in json.loads(capsys.readouterr().err)["exception"]


def test_a_readable_line_has_no_braces_and_each_event_comes_once(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs({"readable": True, "level": "INFO"})
    logging.getLogger("django.request").warning("Not Found: /x")
    logging.getLogger("httpx").info("a request")
    output = capsys.readouterr().err
    assert output.count("Not Found: /x") == 1
    assert "{" not in output
    assert "a request" not in output


@pytest.mark.parametrize("readable", [True, False])
def test_every_line_within_carries_what_is_bound_whoever_logs_it_on_whatever_thread(
    readable: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    write_logs({"readable": readable, "level": "INFO"})
    with bound(run_id=7, schedule="daily", attempt=2):
        logging.getLogger("celery.worker").info("a library's")
        structlog.get_logger("films").info("ours")
        aside = threading.Thread(target=logging.getLogger("books").info, args=["from aside"])
        aside.start()
        aside.join()
    logging.getLogger("books").info("afterwards")

    *within, afterwards = capsys.readouterr().err.splitlines()
    told = ("run_id=7", "attempt=2") if readable else ('"run_id": 7', '"attempt": 2')
    assert len(within) == 3
    assert all(part in line for line in within for part in told)
    assert "run_id" not in afterwards


def test_of_two_things_bound_at_once_each_thread_tells_its_own_and_a_stranger_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_logs({"readable": False, "level": "INFO"})
    both_in, told = threading.Barrier(3), threading.Barrier(3)

    def attempt(run_id: int) -> None:
        with bound(run_id=run_id):
            both_in.wait(20)
            logging.getLogger("books").info("%d", run_id)
            told.wait(20)

    threads = [threading.Thread(target=attempt, args=[run_id]) for run_id in (1, 2)]
    for thread in threads:
        thread.start()
    both_in.wait(20)
    logging.getLogger("books").info("nobody's")
    told.wait(20)
    for thread in threads:
        thread.join()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {line["event"]: line.get("run_id") for line in lines} == {"1": 1, "2": 2, "nobody's": None}
