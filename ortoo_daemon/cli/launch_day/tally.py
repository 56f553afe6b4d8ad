"""How far is the launch day? Who was created when, and what became of each record."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from ortoo_daemon.cli.launch_day.leads import Kind
from ortoo_daemon.cli.launch_day.overheard import HANDLED, REFUSED, RELOADED, SPLIT
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode

_USER = "005"
"""How the ids of people begin; a queue's begin otherwise, and nobody answers there on this day."""

_MOVES = frozenset({Outcome.REASSIGNED, Outcome.ESCALATED})
_ABSENCES = frozenset({ReasonCode.OWNER_AWAY, ReasonCode.OWNER_BACK})
_LATE = (Outcome.VIOLATED, Outcome.REASSIGNED, Outcome.ESCALATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """One record of the day. ``at``: when its creation was sent to the org, seconds since 1970 on its clock.

    ``customer``: what tells a lead's customer from others, empty where nothing does.
    """

    id: str
    kind: Kind
    at: float
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What the daemon's line says about one record; names are ids of the org."""

    id: str
    object: str
    outcome: str
    rule: str
    rooftop: str
    owner: str
    owner_kind: str
    reason: str = ""

    @property
    def routed(self) -> bool:
        """Whether a person got it."""
        return self.outcome == "assigned" and self.owner_kind == "user"

    @property
    def queued(self) -> bool:
        return self.outcome == "assigned" and self.owner_kind == "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Somebody who went away: when, until when (seconds since 1970, on the org's clock), and what they held
    then that nobody had touched. ``known_at``: by then the daemon had every chance
    to hear of it."""

    at: float
    until: float
    held: frozenset[str]
    known_at: float


@dataclass(slots=True)
class Tally:
    """``planned`` records in all. ``handled``: what was decided about a record first.

    ``steps`` are those that its clocks asked for later: records by outcome. ``moved``: who has a record
    since such a step, or since an absence. ``split``: the cases that the e-mail of a case was split into.
    ``refused`` and ``reloaded``: what was said of edited policies.
    """

    planned: int
    created: dict[str, Created] = field(default_factory=dict)
    handled: dict[str, Handled] = field(default_factory=dict)
    steps: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    moved: dict[str, str] = field(default_factory=dict)
    split: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    reloaded: list[str] = field(default_factory=list)
    answered: dict[str, float] = field(default_factory=dict)
    """Record → when, on the org's clock."""
    overridden: dict[str, str] = field(default_factory=dict)
    """Record → the person who has it since a dispatcher changed the owner."""
    taken: dict[str, str] = field(default_factory=dict)
    """Record → the person who took it the moment it was there."""
    gone: dict[str, Gone] = field(default_factory=dict)
    """By person."""
    back_by: float = inf
    """By then the daemon had every chance to hear that they are back, on the org's clock."""
    moved_away: dict[str, str] = field(default_factory=dict)
    """Record → the colleague who got it because its owner was away."""
    given_back: dict[str, str] = field(default_factory=dict)
    """Record → who has it again since they are back."""

    def hear(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take in lines of the daemon's log."""
        for line in lines:
            event = line.get("event")
            if event == HANDLED:
                self._hear_of(_handled(line))
            elif event == SPLIT:
                self.split.setdefault(str(line["record"]), []).extend(line["made"])
            elif event == REFUSED:
                self.refused += [str(each) for each in line["problems"]]
            elif event == RELOADED:
                self.reloaded.append(str(line["revision"]))

    def _hear_of(self, handled: Handled) -> None:
        if handled.reason in _ABSENCES and handled.outcome == Outcome.ASSIGNED:
            self._hear_of_absence(handled)
            return
        if handled.outcome not in FOLLOW_UPS:
            self.handled.setdefault(handled.id, handled)
            return
        self.steps[handled.outcome].add(handled.id)
        if handled.outcome in _MOVES and handled.owner:
            self.moved[handled.id] = handled.owner

    def _hear_of_absence(self, handled: Handled) -> None:
        self.moved[handled.id] = handled.owner
        if handled.reason == ReasonCode.OWNER_BACK:
            self.given_back[handled.id] = handled.owner
        else:
            self.moved_away[handled.id] = handled.owner

    def holder(self, record: str) -> str:
        """Who has a record, as far as the daemon gave it."""
        return self.moved.get(record) or self.handled[record].owner

    def unanswered(self) -> Iterator[Handled]:
        """Records with a person, not answered yet; those changed by hand are left to their clock."""
        done = {*self.answered, *self.taken, *self.overridden}
        for each in sorted(self.handled.values(), key=lambda each: each.id):
            if each.id not in done and self.holder(each.id).startswith(_USER):
                yield each

    def whole_stories(self, called: Mapping[str, str]) -> list[str]:
        """Leads that were late, handed over, moved for an absence and given back. Those first whose holders
        can be told apart by what people are ``called``, and that went to a manager after that."""

        def namesakes(record: str) -> bool:
            holders = {self.handled[record].owner, self.moved_away[record], self.given_back[record]}
            return len({called.get(each) for each in holders}) < len(holders)

        found = self.steps["reassigned"] & self.given_back.keys()
        escalated = self.steps["escalated"]
        return sorted(found, key=lambda each: (namesakes(each), each not in escalated, each))

    @property
    def late(self) -> set[str]:
        """Records whose target passed without an answer."""
        return {record for outcome in _LATE for record in self.steps[outcome]}

    @property
    def waiting(self) -> int:
        """Records that are created and not yet decided, those that were split off among them."""
        return len((self.created.keys() | self.split_off) - self.handled.keys())

    @property
    def split_off(self) -> set[str]:
        """Cases that were made of requests in e-mails."""
        return {record for made in self.split.values() for record in made}

    @property
    def done(self) -> bool:
        return len(self.created) >= self.planned and not self.waiting

    def outcomes(self) -> Counter[str]:
        """``routed``, ``queued``, ``parked``, ``left_alone`` and whatever else came out."""
        return Counter(_outcome(each) for each in self.handled.values())

    def routed_to(self, name: str, *, object_name: str | None = None) -> Counter[str]:
        """How often each value of a field of `Handled` came up, empty ones left out."""
        return Counter(
            value
            for each in self.handled.values()
            if object_name in (None, each.object) and (value := getattr(each, name))
        )

    def returning(self) -> tuple[int, int]:
        """Customers with several leads, and how many of them met one owner only."""
        owners: dict[str, list[str]] = defaultdict(list)
        for record, handled in self.handled.items():
            created = self.created.get(record)
            if created and created.customer and handled.outcome == "assigned":
                owners[created.customer].append(handled.owner)
        several = [found for found in owners.values() if len(found) > 1]
        return len(several), sum(len(set(found)) == 1 for found in several)

    def queues(self) -> Counter[str]:
        return Counter(each.owner for each in self.handled.values() if each.queued)


def _handled(line: Mapping[str, Any]) -> Handled:
    values = {name: str(line.get(name) or "") for name in ("rule", "rooftop", "owner", "reason")}
    return Handled(
        id=str(line["record"]),
        object=str(line["object"]),
        outcome=str(line["outcome"]),
        owner_kind=str(line.get("owner_kind") or ""),
        **values,
    )


def _outcome(handled: Handled) -> str:
    if handled.routed:
        return "routed"
    return "queued" if handled.queued else handled.outcome
