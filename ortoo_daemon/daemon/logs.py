"""How does the process log? One JSON object a line, or coloured text where a person watches.

Standard library loggers (APScheduler, the CometD client) go through the same format.
"""

import logging
import sys

import structlog

_WITHOUT_VALUES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Tracebacks name code only: the variables of a frame may hold a customer's data or a secret."""

_NOISY = (
    "aiocometd_ng",
    "aiosfstream_ng",
    "apscheduler",
    "simple_salesforce",
    "urllib3",
    "watchfiles",
)


def configure_logs(*, level: str = "INFO", as_json: bool | None = None) -> None:
    """Set up structlog once for the process. ``as_json`` None: JSON unless standard error is a terminal."""
    if as_json is None:
        as_json = not sys.stderr.isatty()
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.types.Processor
    if as_json:
        shared.append(structlog.processors.ExceptionRenderer(_WITHOUT_VALUES))
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain
        )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
