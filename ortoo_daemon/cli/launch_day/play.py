"""How does the launch day go? Rows come in as planned, people act, and everyone watches.

One step a tick: what is due is created, the daemon's log is read, people do their part, the display is
renewed. The day is over when every record was handled, or when nothing moves any more.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from ortoo_daemon.cli.launch_day.leads import Arrival, Kind
from ortoo_daemon.cli.launch_day.names import Names
from ortoo_daemon.cli.launch_day.overheard import DaemonLog
from ortoo_daemon.cli.launch_day.people import ANSWERED, DISPATCHER, People
from ortoo_daemon.cli.launch_day.processes import Child
from ortoo_daemon.cli.launch_day.tally import Created, Handled, Tally
from ortoo_daemon.cli.launch_day.traffic import Timed
from ortoo_daemon.sandbox.seed import DISPATCHER_USER_ID

_TICK = 0.25
_AWAY_AFTER = 20.0
"""Seconds without any record handled after which waiting for the rest is given up."""

_ANSWER_SHARE = 0.08
"""So many routed leads are answered by their new owner before the day ends."""

_HEARD_WITHIN = 1.0
"""Seconds that the daemon is left to hear of a change by hand, and to do what it should not."""

_HAND_AT = 0.3
"""The dispatcher changes an owner by hand after this share of the day, or as soon as one is there."""


class Display(Protocol):
    """Whoever shows how far the day is."""

    def show(self, tally: Tally, *, after: float) -> None:
        """Called every tick; ``after``: seconds since the day began."""


@dataclass(slots=True, kw_only=True)
class Play:
    """The day under way."""

    people: People
    daemon: Child
    log: DaemonLog
    names: Names
    tally: Tally
    dice: Random
    _answer_later: list[str] = field(default_factory=list)
    _considered: set[str] = field(default_factory=set)
    _overridden_at: float = 0.0

    def run(self, planned: Sequence[Timed], display: Display) -> None:
        """Play to the end; what did not come to an end shows in the tally. Raises DemoError."""
        began = moved = time.monotonic()
        next_up, seen = 0, 0
        while not self._over(moved):
            after = time.monotonic() - began
            due = [each.arrival for each in planned[next_up:] if each.after <= after]
            next_up += len(due)
            self._create(due)
            self.tally.hear(self.log.new_lines())
            if len(self.tally.handled) > seen or next_up < len(planned):
                seen, moved = len(self.tally.handled), time.monotonic()
            self._act(next_up / max(1, len(planned)))
            display.show(self.tally, after=time.monotonic() - began)
            self._rest(began + after + _TICK)
        display.show(self.tally, after=time.monotonic() - began)

    def _over(self, moved: float) -> bool:
        """Everything is handled and the dispatcher's turn is over, or there is no use in waiting."""
        if self.tally.done and self.tally.overridden:
            return time.monotonic() - self._overridden_at > _HEARD_WITHIN
        if self.tally.done and self._own_lead() is None:
            return True
        return not self.daemon.running or time.monotonic() - moved > _AWAY_AFTER

    def _create(self, due: Sequence[Arrival]) -> None:
        by_user: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in due:
            by_user[arrival.user].append(arrival)
        for user, arrivals in by_user.items():
            at = time.time()
            ids = self.people.create(user, [each.row for each in arrivals])
            for record, arrival in zip(ids, arrivals, strict=True):
                customer = str(arrival.row.get("Email") or "").casefold()
                self.tally.created[record] = Created(
                    id=record, kind=arrival.kind, at=at, customer=customer
                )
                if arrival.taken_by:
                    self.people.update(arrival.taken_by, record, OwnerId=arrival.taken_by)
                    self.tally.taken[record] = arrival.taken_by

    def _act(self, progress: float) -> None:
        """Advisers answer what they got a tick ago; the dispatcher overrides one owner."""
        for record in self._answer_later:
            self.people.update(self.tally.handled[record].owner, record, Status=ANSWERED)
            self.tally.answered.append(record)
        self._answer_later = [
            each.id
            for each in self._new_routed_leads()
            if self.dice.random() < _ANSWER_SHARE
            and each.id not in self.tally.overridden | self.tally.taken
        ]
        if not self.tally.overridden and progress >= _HAND_AT:
            self._override()

    def _new_routed_leads(self) -> list[Handled]:
        handled = self.tally.handled
        fresh = [handled[each] for each in handled.keys() - self._considered]
        self._considered |= handled.keys()
        # In the order of the log, so that one seed makes the same people act as far as timing allows.
        return sorted(
            (each for each in fresh if each.routed and each.object == "Lead"),
            key=lambda each: each.id,
        )

    def _override(self) -> None:
        """A dispatcher gives a routed lead to a colleague of its owner, or takes it herself."""
        lead = self._own_lead()
        if lead is None:
            return
        colleagues = [
            each for each in self.names.advisers.get(lead.rooftop, ()) if each != lead.owner
        ]
        choice = self.dice.choice(colleagues) if colleagues else DISPATCHER_USER_ID
        self.people.update(DISPATCHER, lead.id, OwnerId=choice)
        self.tally.overridden[lead.id] = choice
        self._overridden_at = time.monotonic()

    def _own_lead(self) -> Handled | None:
        """A lead with an adviser that nobody has touched yet."""
        tally = self.tally
        touched = {*tally.answered, *self._answer_later, *tally.overridden, *tally.taken}
        return next(
            (
                each
                for each in tally.handled.values()
                if each.routed
                and each.object == "Lead"
                and each.id not in touched
                and each.id in tally.created
                and tally.created[each.id].kind is not Kind.DUPLICATE
            ),
            None,
        )

    def _rest(self, until: float) -> None:
        time.sleep(max(0.0, until - time.monotonic()))
