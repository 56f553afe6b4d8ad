"""Which log events and metrics has this test run really seen, and does the operations page name just these?

Heard are the logs of every daemon that the tests start and every call of the package's own loggers within
the test process; metrics count when their value changed. What tests log by themselves does not
count, nor what the code merely could say.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import requests
import structlog
from prometheus_client.parser import text_string_to_metric_families

from ortoo_daemon.daemon.watching.metrics import Exposition
from tests.docs.pages import first_cells, section

PAGE = "docs/operations.md"
_PACKAGE = "ortoo_daemon."
_PARTS_OF_A_HISTOGRAM = re.compile(r"_(bucket|count|sum)$")
_ENOUGH = 2
"""Values that differ: one alone may be what the metric always shows."""


@dataclass(slots=True)
class Emitted:
    """Names that were seen. ``values``: of each metric, up to as many as tell that it changes; ``counting``
    are those that never fall."""

    events: set[str] = field(default_factory=set)
    values: dict[str, set[float]] = field(default_factory=dict)
    counting: set[str] = field(default_factory=set)

    @property
    def metrics(self) -> set[str]:
        """Counters and histograms that counted, gauges that were seen at two values.

        An ``_info`` metric is always 1: what it tells are its labels.
        """
        return {
            name
            for name, values in self.values.items()
            if len(values) >= _ENOUGH
            or name.endswith("_info")
            or (name in self.counting and any(values))
        }

    def hear_log(self, lines: Iterable[str]) -> None:
        """Lines of a daemon's log; those of libraries and what is no JSON are left out."""
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and str(said.get("logger", "")).startswith(_PACKAGE):
                self.events.add(str(said.get("event")))

    def hear_metrics(self, text: str) -> None:
        """A page of ``/metrics``."""
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name = sample.name
                if family.type == "histogram":
                    name = _PARTS_OF_A_HISTOGRAM.sub("", name)
                if family.type in ("counter", "histogram"):
                    self.counting.add(name)
                values = self.values.setdefault(name, set())
                if len(values) < _ENOUGH or not any(values):
                    values.add(sample.value)

    def told(self) -> dict[str, Any]:
        """What was seen, in plain lists, for the process that counts for all."""
        values = {name: sorted(seen) for name, seen in self.values.items()}
        return {
            "events": sorted(self.events),
            "values": values,
            "counting": sorted(self.counting),
        }

    def hear_of(self, told: Mapping[str, Any]) -> None:
        """What another process of the same run has seen."""
        self.events.update(told["events"])
        self.counting.update(told["counting"])
        for name, seen in told["values"].items():
            self.values.setdefault(name, set()).update(seen)

    def hear_daemon(self, lines: Iterable[str]) -> None:
        """Ask a running daemon for its metrics, where its log says that it listens."""
        addresses = [
            said["address"]
            for said in map(_parsed, lines)
            if said.get("event") == "watch.listening"
        ]
        for address in addresses[-1:]:
            if "/" in address:
                continue  # a socket's path: the tests of those ask by themselves
            try:
                answer = requests.get(f"http://{address}/metrics", timeout=5)
            except requests.RequestException:
                continue  # it has ended, or hangs as its test wants it to
            if answer.ok:
                self.hear_metrics(answer.text)


EMITTED = Emitted()
"""What the run has seen so far."""


def listen() -> None:
    """Hear what the package logs and exposes within this process, from now on."""
    process, text = structlog.BoundLoggerBase._process_event, Exposition.text

    def heard(
        logger: structlog.BoundLoggerBase, method: str, event: str | None, values: dict[str, Any]
    ) -> Any:
        if event is not None and _asked_by_the_package():
            EMITTED.events.add(event)
        return process(logger, method, event, values)

    def shown(exposition: Exposition, *arguments: Any, **named: Any) -> bytes:
        page = text(exposition, *arguments, **named)
        EMITTED.hear_metrics(page.decode())
        return page

    structlog.BoundLoggerBase._process_event = heard  # type: ignore[method-assign, assignment]
    Exposition.text = shown  # type: ignore[method-assign, assignment]


def _asked_by_the_package() -> bool:
    """Whether the call came from our own code: tests log, too."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and _module(frame).startswith("structlog"):
        frame = frame.f_back
    return frame is not None and _module(frame).startswith(_PACKAGE)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the page names and what was seen, both ways."""

    named: int
    seen: int
    silent: tuple[str, ...]
    unnamed: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.silent and not self.unnamed


def compared(emitted: Emitted) -> dict[str, Comparison]:
    """By kind: log events, metrics. ``silent`` are named and never seen, ``unnamed`` the other way round."""
    rows = section(PAGE, "## Log events").partition("\n\nFields of ")[0]
    metrics = {
        name for name in first_cells(section(PAGE, "## Metrics and health")) if "ortoo_" in name
    }
    return {
        "log events": _comparison(set(first_cells(rows)), emitted.events, emitted.events),
        "metrics": _comparison(metrics, emitted.metrics, set(emitted.values)),
    }


def _comparison(named: set[str], seen: set[str], shown: set[str]) -> Comparison:
    return Comparison(
        named=len(named),
        seen=len(named & seen),
        silent=tuple(sorted(named - seen)),
        unnamed=tuple(sorted(shown - named)),
    )


def _parsed(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def lines_of(log: Path, since: int) -> list[str]:
    """What a log holds beyond its first bytes."""
    with log.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace").splitlines()
