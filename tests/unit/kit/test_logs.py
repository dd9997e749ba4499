"""Logs: readable here, JSON elsewhere."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings

from adaptapedia.kit.logs import write_logs


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
