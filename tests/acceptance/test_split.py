"""E-mail cases through the sandbox and the daemon: each request becomes one case, none twice."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from tests.acceptance.dealer_mails import DealerDesk, SentMail, cases_of, sent_mails
from tests.acceptance.network import Network
from tests.acceptance.steady import Steady
from tests.processes import DaemonProcess

SEED = int(os.environ.get("ORTOO_TEST_SEED", "20261122"))
MAILS = int(os.environ.get("ORTOO_TEST_MAILS", "300"))
KILLS = int(os.environ.get("ORTOO_TEST_KILLS", "10" if MAILS >= 1000 else "3"))
A_SECOND = float(os.environ.get("ORTOO_TEST_MAILS_A_SECOND", "40"))


def dealers(desk: DealerDesk, mails: list[SentMail]) -> Steady:
    """They write, a few at a time, until they have written enough."""

    def more(sent: int) -> list[str]:
        return desk.send(mails[sent : sent + 10], first=sent)

    return Steady(more, len(mails), a_second=A_SECOND)


def live_and_die(daemon: DaemonProcess, dice: Random) -> str:
    with daemon:
        daemon.until_logged("service.ready")
        after = dice.uniform(0.3, 3.0)
        time.sleep(after)
        daemon.kill()
        return f"{after:.2f} s after it was ready"


@pytest.mark.timeout(600)
def test_each_request_becomes_one_case_through_kills_at_random_moments(network: Network) -> None:
    dice = Random(SEED)
    print(f"seed {SEED} (set ORTOO_TEST_SEED for another), {MAILS} e-mails (ORTOO_TEST_MAILS)")
    desk, mails = DealerDesk(network), sent_mails(MAILS)
    desk.write()
    writers = dealers(desk, mails)
    writers.start()
    for number in range(KILLS):
        moment = live_and_die(desk.daemon(), dice)
        print(f"kill {number + 1}: {moment}, {len(writers.ids)} e-mails sent")
    with desk.daemon() as daemon:
        daemon.until_ready()  # the lives before may have left it nothing to do
        cases = writers.finish(300)
        desk.until_decided(cases_of(mails), 300)
        assert daemon.terminate() == 0
    desk.assert_right_children(mails, cases)
    assert len(desk.cases()) == cases_of(mails)
