"""A call is insisted on while it may pass in a second, and not a moment longer."""

import pytest

from ortoo_daemon.daemon.handling import insisting
from ortoo_daemon.daemon.handling.insisting import insist
from ortoo_daemon.errors import ApiLimitError, PermanentOrgError, TemporaryOrgError
from tests.asynchronous import asynchronous


class Call:
    def __init__(self, *errors):
        self.errors, self.times = list(errors), 0

    async def __call__(self):
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "well"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(insisting, "_PAUSE_S", 0)


@asynchronous
async def test_what_passes_is_tried_three_times_at_most():
    locked = [TemporaryOrgError("UNABLE_TO_LOCK_ROW", "x") for _ in range(3)]
    call = Call(*locked[:2])
    assert (await insist(call), call.times) == ("well", 3)
    call = Call(*locked)
    with pytest.raises(TemporaryOrgError):
        await insist(call)
    assert call.times == 3


@asynchronous
async def test_what_no_second_mends_is_raised_at_once():
    for error in (
        PermanentOrgError("INVALID_FIELD", "x"),
        ApiLimitError("REQUEST_LIMIT_EXCEEDED", "x"),
        TemporaryOrgError("LIMIT_EXCEEDED", "x"),
    ):
        call = Call(error)
        with pytest.raises(type(error)):
            await insist(call, final=("LIMIT_EXCEEDED",))
        assert call.times == 1
