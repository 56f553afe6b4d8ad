"""How does the process log? One JSON object a line, or coloured text where a person watches.

Standard library loggers (APScheduler, the CometD client) go through the same format.
"""

import json
import logging
import sys
from typing import TextIO

import orjson
import structlog
from pydantic_core import PydanticSerializationError, to_json

from ortoo_daemon.daemon.redaction import redacted_line

_WITHOUT_VALUES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Tracebacks name code only: the variables of a frame may hold a customer's data or a secret."""

_PLAIN_ONLY = (
    orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)

_NOISY = (
    "aiocometd_ng",
    "aiosfstream_ng",
    "simple_salesforce",
    "urllib3",
    "watchfiles",
)


class _Lines:
    """Writes whole lines where the standard library's handler writes, under the handler's own lock.

    Its loggers cost a third of what a line costs that goes through a `logging.LogRecord`.
    """

    def __init__(self, handler: "logging.StreamHandler[TextIO]", name: str) -> None:
        self.name = name
        self._handler = handler

    def msg(self, line: str) -> None:
        self._handler.acquire()
        try:
            self._handler.stream.write(f"{line}\n")
            self._handler.flush()
        finally:
            self._handler.release()

    debug = info = warning = error = critical = msg


def configure_logs(*, level: str = "INFO", as_json: bool | None = None) -> None:
    """Set up structlog once for the process. ``as_json`` None: JSON unless standard error is a terminal."""
    if as_json is None:
        as_json = not sys.stderr.isatty()
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.types.Processor
    if as_json:
        shared += [structlog.processors.ExceptionRenderer(_WITHOUT_VALUES), redacted_line]
        renderer = structlog.processors.JSONRenderer(serializer=_json)
    else:
        plain = structlog.dev.plain_traceback
        shared += [structlog.processors.ExceptionRenderer(), redacted_line]
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain
        )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=lambda name="": _Lines(handler, name),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns of each sweep that has not ended when the next is due, which is then left out: as it is meant.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _json(line: object, **_: object) -> str:
    """What JSON has no form of is shown as Python shows it: a line must never be lost for a value."""
    try:
        return orjson.dumps(
            line, option=_PLAIN_ONLY
        ).decode()  # nearly always, in a fifth of the time
    except TypeError:
        pass
    try:
        return to_json(line, fallback=repr).decode()
    except PydanticSerializationError:  # half of a surrogate pair
        return json.dumps(line, default=repr)
