"""Structured logs: lines to read in a terminal, or one JSON object a line for a collector."""

import logging.config
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import Processor


def write_logs(wanted: Mapping[str, Any]) -> None:
    """Set up every logger, the standard library's and structlog's, as {"readable": bool, "level": str} says.

    Each line goes to standard error with time, level, logger, event, and what `structlog.contextvars` holds.
    """
    seen_by_all: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        *([] if wanted["readable"] else [structlog.stdlib.ExtraAdder()]),  # Celery's and Django's extras are objects
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if wanted["readable"] else "iso", utc=True),
    ]
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
            # Django gives these handlers of their own, which would print a line twice or send it by mail; httpx
            # tells of every request with its address, the others what goes over the wire: keys are in both.
            "loggers": {
                "django": {"handlers": [], "propagate": True},
                "django.server": {"handlers": [], "propagate": True},
                **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", "h2", "hpack")},
            },
        }
    )


def _readable() -> list[Processor]:
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
