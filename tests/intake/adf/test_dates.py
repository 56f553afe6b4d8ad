"""Dates as feeds write them."""

import pytest

from ortoo_daemon.intake.adf.dates import is_iso, moment

MEANT = {
    "2000-03-30T15:30:20-08:00": "2000-03-30T23:30:20+00:00",
    "2000-03-30T15:30:20-08:0": "2000-03-30T23:30:20+00:00",
    "2000-03-30T5:30:20-08:00": "2000-03-30T13:30:20+00:00",
    "2000-03-30T15:30-08:00": "2000-03-30T23:30:00+00:00",
    "2000-03-30 15:30:20 +0100": "2000-03-30T14:30:20+00:00",
    "2000-03-30T15:30:20.123Z": "2000-03-30T15:30:20+00:00",
    "20000330T153020Z": "2000-03-30T15:30:20+00:00",
    "2000/03/30 3:30 PM Z": "2000-03-30T15:30:00+00:00",
    "Thu, 30 Mar 2000 15:30:20 -0800": "2000-03-30T23:30:20+00:00",
    "954430220": None,
    "1700000000": "2023-11-14T22:13:20+00:00",
    "2000-03-30T15:30:20": "2000-03-30",
    "2000-03-30": "2000-03-30",
    "03/30/2000 3:30 PM": "2000-03-30",
    "30.03.2000": "2000-03-30",
    "04/05/2000": None,
    "2000-13-45": None,
    "tomorrow": None,
    "": None,
    "2000-03-30T15:30:20+99:99": None,
}


@pytest.mark.parametrize("text", MEANT)
def test_a_date_is_read_as_meant_or_not_at_all(text: str) -> None:
    read = moment(text)
    meant = read.at.isoformat() if read.at is not None else read.day
    assert (meant, read.text) == (MEANT[text], text)


def test_what_the_standard_asks_for_is_known() -> None:
    assert is_iso("2000-03-30T15:30:20-08:00")
    assert not is_iso("2000-03-30T15:30:20-08:0")
