"""How moments are written: as the REST API takes them, whatever zone they come in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ortoo_daemon.instants import instant, instant_text

PARIS = ZoneInfo("Europe/Paris")


def test_a_moment_is_written_in_utc_with_milliseconds_and_read_back():
    at = datetime(2026, 11, 23, 10, 15, 0, 123_456, tzinfo=PARIS)
    assert instant_text(at) == "2026-11-23T09:15:00.123Z"
    assert instant(instant_text(at)) == datetime(2026, 11, 23, 9, 15, 0, 123_000, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_written_as_two():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    assert instant_text(first) == "2026-10-25T00:30:00.000Z"
    assert instant_text(first.replace(fold=1)) == "2026-10-25T01:30:00.000Z"
