"""Logs: one event a line on stderr, as JSON in production and for eyes in development."""

import logging
import sys

import structlog
from structlog.typing import Processor

from fittrack_adapters.settings import Settings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logs(settings: Settings) -> None:
    """To be called once by each driver, before anything is logged. Stdout stays free for answers."""
    structlog.configure(
        processors=processors(for_eyes=settings.development),
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def processors(*, for_eyes: bool) -> list[Processor]:
    """What becomes of a line: request id or job, level and time, then text for eyes or JSON."""
    # Plain tracebacks: prettier ones print local variables, which may be secrets or somebody's address.
    readable = (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
    parseable = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *(readable if for_eyes else parseable),
    ]
