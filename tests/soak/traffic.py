"""Who comes in, and what do people do meanwhile? Leads in trickles and bursts; some are taken or deleted."""

from __future__ import annotations

import threading
import time
from random import Random

from ortoo_daemon.sandbox.seed import identities as seed
from tests.processes import DISPATCHER
from tests.soak.place import CUSTOMER, MAIL_HOST, PHONE, Place

_SITES = "SELECT Id FROM Account WHERE Type = 'Dealer' AND Status__c = 'Active' ORDER BY Id"
_MOST_IN_A_BURST = 60


class Traffic(threading.Thread):
    """Runs until told to stop. ``ids`` are all leads, ``taken`` those that a person gave to themselves,
    ``deleted`` those that are gone."""

    def __init__(self, place: Place, dice: Random, *, a_second: float) -> None:
        super().__init__(name="traffic", daemon=True)
        self.ids: list[str] = []
        self.taken: set[str] = set()
        self.deleted: set[str] = set()
        self.error: Exception | None = None
        self._place = place
        self._dice = dice
        self._a_second = a_second
        self._sites = [row["Id"] for row in place.sandbox.query(_SITES)]
        self._told_to_stop = threading.Event()

    def run(self) -> None:
        began = time.monotonic()
        try:
            while not self._told_to_stop.is_set():
                self._arrive()
                self._people()
                ahead = len(self.ids) / self._a_second - (time.monotonic() - began)
                self._told_to_stop.wait(max(0.02, ahead))
        except Exception as error:
            self.error = error

    def finish(self) -> None:
        self._told_to_stop.set()
        self.join(60)
        assert not self.is_alive(), "the last customers did not come to an end"
        if self.error is not None:
            raise self.error

    def _arrive(self) -> None:
        burst = self._dice.random() < 0.05
        number = self._dice.randint(20, _MOST_IN_A_BURST) if burst else self._dice.randint(1, 4)
        rows = [self._lead() for _ in range(number)]
        self.ids += self._place.sandbox.create(rows)

    def _lead(self) -> dict[str, str]:
        """One in ten wrote so much that the org refuses what the policy makes of it."""
        number = self._dice.randrange(10**9)
        said = f"{CUSTOMER} asks for a test drive. "
        return {
            "Description": said * (10 if self._dice.random() < 0.1 else 1),
            "LastName": CUSTOMER,
            "Company": self._place.network.company,
            "Email": f"{CUSTOMER}.{number}@{MAIL_HOST}",
            "Phone": PHONE,
            "Country": "France",
            "Preferred_Dealer__c": self._dice.choice(self._sites),
        }

    def _people(self) -> None:
        """A dispatcher takes a lead now and then, new or old, or deletes one."""
        roll = self._dice.random()
        if roll >= 0.08 or not self.ids:
            return
        late = self._dice.random() < 0.5
        id = self.ids[-1] if late else self._dice.choice(self.ids)
        if id in self.taken or id in self.deleted:
            return
        if roll < 0.06:
            self._place.sandbox.change(id, user=DISPATCHER, OwnerId=seed.DISPATCHER_USER_ID)
            self.taken.add(id)
        else:
            self._place.sandbox.control("POST", "/act", {"user": DISPATCHER, "delete": [id]})
            self.deleted.add(id)
