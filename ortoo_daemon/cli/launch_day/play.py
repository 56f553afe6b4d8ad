"""How does the launch day go? Rows come in as planned, people act, and everyone watches.

One step a tick: what is due is created, the daemon's log is read, people do their part, the display is
renewed. An admin makes a slip in the policies and mends it. The day is over when every record was handled,
or when nothing moves any more.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from ortoo_daemon.cli.launch_day.editing import Editing, Stage
from ortoo_daemon.cli.launch_day.leads import Arrival, Kind
from ortoo_daemon.cli.launch_day.people import DISPATCHER
from ortoo_daemon.cli.launch_day.scene import Scene
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

_SLIP_AT, _MENDED_AT = 0.55, 0.8
"""The policies are wrong between these shares of the records. However fast or slowly the machine goes, the
ones between come in meanwhile, and the later ones when the policies are mended."""


@dataclass(slots=True, kw_only=True)
class Play:
    """The day under way."""

    scene: Scene
    editing: Editing
    dice: Random
    _answer_later: list[str] = field(default_factory=list)
    _considered: set[str] = field(default_factory=set)
    _overridden_at: float = 0.0
    _handled_before: int = 0
    """How many records were handled when the slip was made."""
    _decided_while_wrong_at: float | None = None

    def run(self, planned: Sequence[Timed]) -> None:
        """Play to the end; what did not come to an end shows in the tally. Raises DemoError."""
        moved = time.monotonic()
        next_up, seen = 0, 0
        while not self._over(moved):
            after = self.scene.after
            coming = planned[next_up : self._let_in(len(planned))]
            due = [each.arrival for each in coming if each.after <= after]
            next_up += len(due)
            self._create(due)
            self.scene.look()
            if due or len(self._tally.handled) > seen or planned[-1].after > after:
                seen, moved = len(self._tally.handled), time.monotonic()
            self._act(next_up / max(1, len(planned)))
            self._edit(all_in=next_up == self._let_in(len(planned)))
            time.sleep(max(0.0, after + _TICK - self.scene.after))

    def _let_in(self, total: int) -> int:
        """How many of the records may have come at this stage of the edit."""
        match self.editing.stage:
            case Stage.GOOD:
                return int(total * _SLIP_AT)
            case Stage.WRONG:
                return ceil(total * _MENDED_AT)
            case Stage.MENDED:
                return total

    @property
    def _tally(self) -> Tally:
        return self.scene.tally

    def _over(self, moved: float) -> bool:
        """Everything is handled and the dispatcher's turn is over, or there is no use in waiting."""
        if not self.scene.daemon.running or time.monotonic() - moved > _AWAY_AFTER:
            return True
        if not self._tally.done or not self._tally.reloaded:
            return False
        if self._tally.overridden:
            return time.monotonic() - self._overridden_at > _HEARD_WITHIN
        return self._own_lead() is None

    def _create(self, due: Sequence[Arrival]) -> None:
        by_user: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in due:
            by_user[arrival.user].append(arrival)
        for user, arrivals in by_user.items():
            at = self.scene.org_time.now()
            ids = self.scene.people.create(user, [each.row for each in arrivals])
            self._send_mails(user, arrivals, ids)
            for record, arrival in zip(ids, arrivals, strict=True):
                customer = str(arrival.row.get("Email") or "").casefold()
                self._tally.created[record] = Created(
                    id=record, kind=arrival.kind, at=at, customer=customer
                )
                if arrival.taken_by:
                    self.scene.people.update(arrival.taken_by, record, OwnerId=arrival.taken_by)
                    self._tally.taken[record] = arrival.taken_by

    def _send_mails(self, user: str, arrivals: Sequence[Arrival], ids: Sequence[str]) -> None:
        """The e-mail of each case, a moment after the case, as the org's mail handler saves them."""
        mails = [
            {**arrival.mail, "ParentId": record}
            for record, arrival in zip(ids, arrivals, strict=True)
            if arrival.mail is not None
        ]
        if mails:
            self.scene.people.create(user, mails)

    def _act(self, progress: float) -> None:
        """Advisers answer what they got a tick ago; the dispatcher overrides one owner."""
        for record in self._answer_later:
            handled = self._tally.handled[record]
            self.scene.answer(handled.owner, [handled])
        self._answer_later = [
            each.id
            for each in self._new_routed_leads()
            if self.dice.random() < _ANSWER_SHARE
            and each.id not in self._tally.overridden | self._tally.taken
        ]
        if not self._tally.overridden and progress >= _HAND_AT:
            self._override()

    def _edit(self, *, all_in: bool) -> None:
        """An admin saves the policies with a mistake, and rightly once the daemon has refused that."""
        if not all_in:
            return
        if self.editing.stage is Stage.GOOD:
            self._handled_before = len(self._tally.handled)
            self.editing.slip(self.scene.org_time.now())
        elif self.editing.stage is Stage.WRONG and self._tally.refused and self._has_decided():
            self.editing.mend(self.scene.org_time.now())

    def _has_decided(self) -> bool:
        """Whether the daemon decided while the policies were wrong, in a second of the org's that is over:
        its decisions bear whole seconds."""
        now = self.scene.org_time.now()
        if self._decided_while_wrong_at is None:
            if len(self._tally.handled) > self._handled_before:
                self._decided_while_wrong_at = now
            return False
        return int(now) > int(self._decided_while_wrong_at)

    def _new_routed_leads(self) -> list[Handled]:
        handled = self._tally.handled
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
            each for each in self.scene.names.advisers.get(lead.rooftop, ()) if each != lead.owner
        ]
        choice = self.dice.choice(colleagues) if colleagues else DISPATCHER_USER_ID
        self.scene.people.update(DISPATCHER, lead.id, OwnerId=choice)
        self._tally.overridden[lead.id] = choice
        self._overridden_at = time.monotonic()

    def _own_lead(self) -> Handled | None:
        """A lead with an adviser that nobody has touched yet."""
        tally = self._tally
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
