"""Structured logs: lines to read in a terminal, or one JSON object a line for a collector."""

import logging.config
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# Django gives its two handlers of their own, which would print a line twice or send it by mail; httpx tells of every
# request with its address, the others what goes over the wire: keys are in both.
LOGGERS: dict[str, dict[str, Any]] = {
    "django": {"handlers": [], "propagate": True},
    "django.server": {"handlers": [], "propagate": True},
    **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", "h2", "hpack")},
}

_open: list[Mapping[str, Any]] = []


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Put these fields on every line that is logged within, whoever logs it, also in threads that are started within.

    A thread begins without the fields of the one that starts it. So a line of a thread that has none takes
    those that are bound in its process, as long as that is one set of them.
    """
    _open.append(fields)
    try:
        with structlog.contextvars.bound_contextvars(**fields):
            yield
    finally:
        _open.remove(fields)


def fields_bound() -> Mapping[str, Any]:
    """The fields that a line of this thread carries now."""
    if own := structlog.contextvars.get_contextvars():
        return own
    return _open[0] if len(_open) == 1 else {}


def _add_fields_bound(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {**fields_bound(), **event}


def write_logs(wanted: Mapping[str, Any]) -> None:
    """Set up every logger, the standard library's and structlog's, as {"readable": bool, "level": str} says.

    Each line goes to standard error with time, level, logger, event, and the fields that are `bound`.
    """
    seen_by_all: list[Processor] = [
        _add_fields_bound,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        *([] if wanted["readable"] else [structlog.stdlib.ExtraAdder()]),  # Celery's and Django's extras are objects
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if wanted["readable"] else "iso", utc=True),
    ]
    _set_up_structlog(seen_by_all)
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": seen_by_all,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *(_readable() if wanted["readable"] else _json()),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": line},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["console"], "level": wanted["level"]},
            "loggers": LOGGERS,
        }
    )


def _set_up_structlog(seen_by_all: Iterable[Processor]) -> None:
    """Hand what is logged with structlog to the standard library's loggers, after the steps that all lines take."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *seen_by_all,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _readable() -> list[Processor]:
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
