"""The lines that are logged during an attempt, kept with its run.

    with Capture(run) as capture:
        …                   the job, in this thread; threads that it starts count too
        capture.flush()     about once a second, from any thread, while `capture.waiting`

Every line that is logged within carries `run_id`, `schedule` and `attempt`, wherever it goes.
"""

import logging
import threading
from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction

from adaptapedia.kit.logs import bound, fields_bound
from adaptapedia.scheduling.models import JobRun, RunLine
from adaptapedia.scheduling.wording import in_a_line, plain

log = logging.getLogger(__name__)

KEPT = 1_000
"""Of each run so many lines are kept, the newest: a page's worth, and a bound for a job that talks all day."""
LINE_LIMIT = 4_000
"""Characters of one line, traceback included; what an error says stands at its end, so the beginning goes."""

TRIM = """
DELETE FROM scheduling_runline WHERE run_id = %s
AND id <= (SELECT id FROM scheduling_runline WHERE run_id = %s ORDER BY id DESC OFFSET %s LIMIT 1)
"""


def bound_to(run: JobRun) -> Any:
    """A context in which every line carries the run's id, its schedule and the number of its attempt."""
    return bound(run_id=run.pk, schedule=run.schedule_name, attempt=run.attempt)


class Capture:
    """Collects the lines of one attempt, and writes them to the database when it is told to."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._handler = _Collecting(run)
        self._flushing = threading.Lock()
        self._entered = ExitStack()

    @property
    def waiting(self) -> bool:
        """Whether there are lines that `flush` has not written yet."""
        return bool(self._handler.lines)

    def flush(self) -> None:
        """Write the new lines, and delete those beyond the newest `KEPT` of the run.

        Raises DatabaseError or InterfaceError while the database is away; the lines then wait for the next flush.
        """
        with self._flushing:
            lines = self._handler.take()
            try:
                if lines:
                    self._write(lines)
            except IntegrityError:
                log.info("Run %s is gone, and with it what it said", self._run.pk)
            except (DatabaseError, InterfaceError):
                self._handler.give_back(lines)
                raise

    def _write(self, lines: list[RunLine]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            RunLine.objects.bulk_create(lines)
            cursor.execute(TRIM, [self._run.pk, self._run.pk, KEPT])

    def __enter__(self) -> Self:
        self._entered.enter_context(bound_to(self._run))
        root = logging.getLogger()
        root.addHandler(self._handler)
        self._entered.callback(root.removeHandler, self._handler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left; lines that the database does not take now are lost, the run's end is not."""
        try:
            self.flush()
        except (DatabaseError, InterfaceError) as away:
            connection.close()
            log.warning("The last lines of run %s are not kept: %s", self._run.pk, in_a_line(away))
        finally:
            self._entered.close()


class _Collecting(logging.Handler):
    """Keeps the newest lines that belong to one attempt. Formats them at once: what a line names may change later."""

    def __init__(self, run: JobRun) -> None:
        super().__init__()
        self.lines: deque[RunLine] = deque(maxlen=KEPT)
        self._run = run
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        if fields_bound().get("run_id") != self._run.pk:
            return
        try:
            text = self._text(record)
        except SoftTimeLimitExceeded:  # it comes wherever the job is, and is the job's
            raise
        except Exception as error:  # noqa: BLE001 - as every handler of logging: what is logged must not fail the job
            self.handleError(record)
            text = f"a line of {record.pathname}:{record.lineno} that cannot be told ({type(error).__name__})"
        self.lines.append(self._line(record, text))

    def take(self) -> list[RunLine]:
        """All lines so far; they are no longer here."""
        with self._lock_held():
            lines = [*self.lines]
            self.lines.clear()
        return lines

    def give_back(self, lines: list[RunLine]) -> None:
        """Put lines before those that came since; the oldest fall out where there are too many."""
        with self._lock_held():
            newer = [*self.lines]
            self.lines.clear()
            for line in (*lines, *newer):
                line.pk = None
                self.lines.append(line)

    def _lock_held(self) -> Any:
        assert self.lock is not None, "logging makes one for every handler"
        return self.lock

    def _line(self, record: logging.LogRecord, text: str) -> RunLine:
        return RunLine(
            run_id=self._run.pk,
            attempt=self._run.attempt,
            at=datetime.fromtimestamp(record.created, UTC),
            level=record.levelname.lower()[:10],
            logger=record.name[:200],
            text=plain(text)[-LINE_LIMIT:],
        )

    def _text(self, record: logging.LogRecord) -> str:
        """The message with its traceback. A line of structlog comes as its event with fields."""
        if not isinstance(record.msg, dict):
            try:
                said = record.getMessage()
            except (TypeError, ValueError, KeyError):  # arguments that do not fit: logging's own complaint says more
                said = str(record.msg)
        else:
            shown = {key: value for key, value in record.msg.items() if key not in HIDDEN and key not in fields_bound()}
            said = " ".join([str(record.msg.get("event", "")), *(f"{key}={value}" for key, value in shown.items())])
        trace = self._formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        return f"{said}\n{trace}" if trace else said


HIDDEN = {"event", "level", "logger", "timestamp", "exc_info"}
"""Of a line of structlog: what stands beside the text, or is it."""
