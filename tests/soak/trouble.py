"""What goes wrong in a soak? One trouble after the other, drawn with a fixed seed; most end by themselves."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.processes import CHANNEL, Row
from tests.soak.place import Host, Place

HTML = "<html><head><title>Down For Maintenance</title></head><body>Sorry</body></html>"
_REST = "/services/data/"
_WRITES = "composite"

_numbers = count(1)


@dataclass(order=True)
class _Later:
    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


@dataclass
class Trouble:
    """Makes trouble whenever `stir` is called, and ends what is over. ``kills`` says whether the process
    is meddled with, too; ``uses_up``, whether the org's calls may come to an end: that costs minutes."""

    place: Place
    dice: Random
    kills: bool = True
    uses_up: bool = False
    said: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    spoilt: bool = False
    _later: list[_Later] = field(default_factory=list)

    def stir(self) -> str:
        """One trouble; its name."""
        self.end_what_is_over()
        of_org = [
            (4, self.refused_calls),
            (3, self.maintenance),
            (4, self.lost_response),
            (3, self.held_call),
            (3, self.row_locks),
            (2, self.apex_limit),
            (2, self.revoked),
            (2, self.no_login),
            (3, self.dropped_streams),
            (1, self.expired_positions),
            (1, self.deaf_stream),
            (3, self.spoilt_events),
            (2, self.gaps),
            (2, self.unreadable_events),
            (4, self.edited),
        ]
        of_store = self.lost_store if self.place.postgres is None else self.restarted_store
        of_process = [(4, self.killed), (2, self.stopped), (2, self.paused), (1, of_store)]
        choices = of_org + (of_process if self.kills else [])
        if self.uses_up:
            choices.append((1, self.used_up))
        (chosen,) = self.dice.choices(
            [each for _, each in choices], [weight for weight, _ in choices]
        )
        chosen()
        self.said[chosen.__name__] += 1
        return chosen.__name__

    def end_what_is_over(self) -> None:
        while self._later and self._later[0].at <= time.monotonic():
            heapq.heappop(self._later).act()

    def end_everything(self) -> None:
        """The last trouble is over: the org answers, and the policies are in order."""
        while self._later:
            heapq.heappop(self._later).act()
        self.place.sandbox.heal()
        if self.spoilt:
            self._mend()

    # -- the org ------------------------------------------------------------------------------------

    def refused_calls(self) -> None:
        """A code that passes, on some calls."""
        status, code, message = self.dice.choice(
            [
                (500, "UNKNOWN_EXCEPTION", "for a while"),
                (503, "SERVER_UNAVAILABLE", "for a while"),
                (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
                (400, "QUERY_TIMEOUT", "for a while"),
            ]
        )
        body = f'[{{"errorCode": "{code}", "message": "{message}"}}]'
        self._fault("error", path=_REST, status=status, body=body, times=self.dice.randint(1, 6))

    def used_up(self) -> None:
        """No calls left in 24 hours, by the org's word: records in hand wait, up to five minutes."""
        message = "TotalRequests Limit exceeded."
        body = f'[{{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "{message}"}}]'
        self._fault("error", path=_REST, status=403, body=body, times=self.dice.randint(1, 3))

    def maintenance(self) -> None:
        """Everything answers 503 with a page, for a while."""
        id = self._fault("error", path="/services|/cometd", status=503, body=HTML, times=None)
        self._after(self.dice.uniform(0.5, 4.0), lambda: self._remove(id))

    def lost_response(self) -> None:
        self._fault("lost_response", path=_WRITES, times=self.dice.randint(1, 3))

    def held_call(self) -> None:
        id = self._fault("hold", path=self.dice.choice([_REST, _WRITES]), times=2)
        self._after(self.dice.uniform(0.5, 5.0), lambda: self._remove(id))

    def row_locks(self) -> None:
        self._fault("row", object="Lead", times=self.dice.randint(1, 30))

    def apex_limit(self) -> None:
        """Triggers that run out of CPU where many rows come together."""
        limits = "Apex CPU time limit exceeded"
        code = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
        row: Row = {"object": "Lead", "above": 10, "code": code, "message": limits}
        id = self._fault("row", times=None, **row)
        self._after(self.dice.uniform(2.0, 6.0), lambda: self._remove(id))

    def revoked(self) -> None:
        self.place.sandbox.control("POST", "/sessions/revoke")

    def no_login(self) -> None:
        self.place.sandbox.control("POST", "/sessions/revoke")
        id = self._fault("error", path="/oauth2/token", status=400, body=_NO_LOGIN, times=None)
        self._after(self.dice.uniform(0.5, 3.0), lambda: self._remove(id))

    def dropped_streams(self) -> None:
        self.place.sandbox.control("POST", "/streams/drop")

    def expired_positions(self) -> None:
        """What was not heard by now can't be replayed."""
        self.place.sandbox.control("POST", "/streams/drop")
        self.place.sandbox.control("POST", "/streams/expire", {})

    def deaf_stream(self) -> None:
        self._fault("silent", channel=CHANNEL, until="handshake", times=None)

    def spoilt_events(self) -> None:
        kind = self.dice.choice(["dropped", "duplicated", "reordered"])
        self._fault(kind, channel=CHANNEL, times=self.dice.randint(1, 10))

    def gaps(self) -> None:
        """The org tells that something changed, and not what."""
        body = {"object": "Lead", "next": self.dice.randint(1, 5)}
        self.place.sandbox.control("POST", "/streams/gap", body)

    def unreadable_events(self) -> None:
        """Events of a shape that nobody knows, one or several in a row."""
        body = {"object": "Lead", "next": self.dice.randint(1, 4), "header": {"recordIds": [5]}}
        self.place.sandbox.control("POST", "/streams/damage", body)

    # -- the admins ---------------------------------------------------------------------------------

    def edited(self) -> None:
        """A good edit, or one that must never come into force and is mended by the next."""
        self.edits += 1
        if self.spoilt:
            self._mend()
        elif self.dice.random() < 0.5 and self.place.may_be_spoilt:
            self.place.spoil(self.edits)
            self.spoilt = True
        else:
            self.place.edit(f"all-{self.edits}")

    def _mend(self) -> None:
        self.place.mend(f"all-{self.edits}")
        self.spoilt = False

    # -- the process --------------------------------------------------------------------------------

    def killed(self) -> None:
        host = self._host()
        host.kill()
        host.start()

    def stopped(self) -> None:
        """SIGTERM while the org answers: an orderly end."""
        host = self._host()
        self.place.stop(host)
        host.start()

    def paused(self) -> None:
        """A whole process stands still for a while: of several, for long enough to lose lead and leases."""
        host = self._host()
        if host.asleep:
            return
        host.pause()
        if self.place.postgres is None:
            time.sleep(self.dice.uniform(0.5, 3.0))
            host.resume()
        else:
            self._after(self.dice.choice([0.5, 4.0, 16.0]), host.resume)

    def lost_store(self) -> None:
        """The journal is lost; policies must be in order then, as the good copy is lost with it."""
        if self.spoilt:
            self._mend()
        (host,) = self.place.hosts
        host.kill()
        host.network.forget_state()
        host.forget_good_files()
        host.start()

    def restarted_store(self) -> None:
        """PostgreSQL goes away, and comes back."""
        assert self.place.postgres is not None
        self.place.postgres.stop()
        self._after(self.dice.uniform(0.5, 6.0), self._store_is_back)

    def _store_is_back(self) -> None:
        assert self.place.postgres is not None
        self.place.postgres.start()

    def _host(self) -> Host:
        return self.dice.choice(self.place.hosts)

    # -- how ----------------------------------------------------------------------------------------

    def _fault(self, kind: str, **members: object) -> int:
        return self.place.sandbox.fault(kind, **members)

    def _remove(self, id: int) -> None:
        self.place.sandbox.control("DELETE", f"/faults/{id}")

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._later, _Later(time.monotonic() + seconds, next(_numbers), act))


_NO_LOGIN = '{"error": "invalid_grant", "error_description": "expired access/refresh token"}'
