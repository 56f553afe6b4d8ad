"""Somebody else's automation wants another owner than the policies, and never tires."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import CHANNEL, wait_until

ROUTER = "admin@ortoo.example"
"""The user under whom the other router works."""

SETTINGS = {"events": {"channels": [CHANNEL]}}
WATCHED = {"on": ["created", "enters", {"changed": ["Rating"]}]}


class OtherRouter:
    """Puts a lead back where it came from whenever somebody else has it, and rates it anew."""

    def __init__(self, network: Network, lead: str) -> None:
        self._network, self._lead = network, lead
        self.home = str(network.lead(lead)["OwnerId"])
        self.times = 0

    def turn(self) -> bool:
        """Whether there was anything to undo."""
        if self._network.lead(self._lead)["OwnerId"] == self.home:
            return False
        self.change()
        return True

    def change(self) -> None:
        rating = ("Hot", "Warm", "Cold")[self.times % 3]
        values: dict[str, Any] = {"OwnerId": self.home, "Rating": rating}
        self._network.sandbox.change(self._lead, user=ROUTER, **values)
        self.times += 1


def parked_for(network: Network, lead: str) -> str | None:
    return network.lead(lead)["Ortoo_Parked__c"]


def writes(network: Network, lead: str) -> int:
    """How often the daemon has given the lead to somebody."""
    return sum(
        change["CreatedById"] == seed.DAEMON_USER_ID
        for change in network.owner_changes([lead])[lead]
    )


def test_an_automation_that_takes_the_owner_back_again_and_again_is_named_and_left_to_it(
    network: Network,
) -> None:
    network.write(settings=SETTINGS, policy=WATCHED)
    (lead,) = network.leads(1)
    router = OtherRouter(network, lead)
    with network.again() as daemon:
        wait_until(lambda: router.turn() and router.times == 3, 60, "three rounds")
        text = wait_until(lambda: parked_for(network, lead), 20, "the lead to be parked")
        assert f"Ada Keller ({seed.ADMIN_USER_ID})" in text, "says who"
        assert text.startswith("owner_fight: ")
        wait_until(lambda: len(network.proofs([lead])[lead]) == 4, 20, "the proof of it")
        for _ in range(3):
            router.change()
        network.until_routed(network.leads(1))  # heard after the changes
        told = daemon.events("owner_fight")
        assert daemon.terminate() == 0
    assert {(line["by"], line["record"]) for line in told} == {(seed.ADMIN_USER_ID, lead)}
    assert writes(network, lead) == 3
    assert network.lead(lead)["OwnerId"] == router.home
    assert len(network.proofs([lead])[lead]) == 4, "nothing is written any more"
