"""What does ``/metrics`` show? The readings and meters of one daemon, in Prometheus' text format."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ortoo_daemon.daemon.parts import Parts, View
from ortoo_daemon.daemon.watching.readings import READINGS
from ortoo_daemon.daemon.watching.readings.reading import Reading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Exposition(Collector):
    """Renders the metrics of one daemon, from a registry of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._view: View | None = None
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self, view: View) -> bytes:
        """The exposition format; one reading of every part."""
        self._view = view
        try:
            return generate_latest(self._registry)
        finally:
            self._view = None

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: names are settled by the table of readings."""
        return ()

    def collect(self) -> Iterator[Metric]:
        if self._view is None:
            return
        yield from self._parts.meters.collect()
        for reading in READINGS:
            yield _metric(reading, self._view)


def _metric(reading: Reading, view: View) -> Metric:
    """A name that ends in ``_total`` is a counter's."""
    kind = CounterMetricFamily if reading.name.endswith("_total") else GaugeMetricFamily
    family = kind(reading.name, reading.help, labels=reading.labels)
    for labels, value in reading.read(view):
        family.add_metric(labels, value)
    return family
