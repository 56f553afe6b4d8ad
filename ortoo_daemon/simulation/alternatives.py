"""How close was it? The runner-up, and the smallest change that would have changed the owner. Pure.

Every change that is told was decided with, by the same function as everything else. One thing is changed
at a time, everything else stays as it was; only where no single change is enough, several fields are, as
one of the rules that did not match asks for. What is not tried is not told of: the search is bounded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from ortoo_daemon.audit.explain import Node, Style
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.contradictions import Literal
from ortoo_daemon.policy.logic import alternatives as ways_to_hold
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.scope import RecordScope
from ortoo_daemon.simulation.changes import (
    Other,
    Proposal,
    at_other_moments,
    matched_rule,
    other_values,
    rules_tried,
    with_fields,
    with_people_there,
)
from ortoo_daemon.simulation.deciding import settled
from ortoo_daemon.simulation.runner_up import RunnerUp, runner_up

_MOST_OF = {"field": (400, 3), "time": (40, 1), "person": (30, 2), "fields": (120, 1)}
"""Of each kind of change: so many are tried, and so many that change the owner are told."""

_MOST_TOGETHER = 3
_MOST_WAYS = 60

_SETTLED = frozenset({Outcome.ASSIGNED, Outcome.PARKED})
_Others = Mapping[str, list[Other]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something different, and what is decided then."""

    proposal: Proposal
    decision: Decision

    @property
    def text(self) -> str:
        place = f" ({self.decision.place})" if self.decision.place else ""
        return f"{self.proposal.text}: {summary(self.decision)}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """``changes`` stand smallest first: one field, the moment, a person, several fields."""

    runner_up: RunnerUp | None
    changes: tuple[Change, ...]
    tried: int

    def to_json(self) -> dict[str, Any]:
        """As JSON values: ``runner_up``, ``changes`` and how many were tried."""
        second = self.runner_up
        return {
            "runner_up": second
            and {**_told(second.decision), "without": second.winner, "lost_by": second.why},
            "changes": [
                {
                    **_told(change.decision),
                    "kind": change.proposal.kind,
                    "change": change.proposal.text,
                    "fields": dict(change.proposal.fields),
                    "at": instant_text(change.proposal.at) if change.proposal.at else None,
                }
                for change in self.changes
            ],
            "tried": self.tried,
        }

    def node(self) -> Node:
        """For a face to draw below the decision."""
        children = []
        if (second := self.runner_up) is not None:
            text = f"without {second.winner}: {summary(second.decision)} ({second.why})"
            children.append(Node(text=text))
        for number, change in enumerate(self.changes):
            lead = "smallest change: " if number == 0 else "or "
            children.append(Node(text=lead + change.text))
        if not self.changes:
            text = f"none of {self.tried} small changes tried would change the owner"
            children.append(Node(text=text))
        return Node(text="what would change the owner", style=Style.HEAD, children=tuple(children))


def alternatives(policies: PolicySet, facts: Facts, decision: Decision) -> Alternatives | None:
    """What else could have come out; None where nothing was decided about an owner.

    ``decision`` is the one that the facts lead to, with the whole trace.
    """
    policy = next((each for each in policies.policies if each.name == decision.policy), None)
    if policy is None or decision.outcome not in _SETTLED:
        return None
    search = _Search(policies, policy, facts, decision)
    changes = tuple(search.changes())
    second = runner_up(policies, facts, decision)
    return Alternatives(runner_up=second, changes=changes, tried=search.tried)


class _Search:
    """Tries proposals until it has had enough."""

    def __init__(
        self, policies: PolicySet, policy: Policy, facts: Facts, decision: Decision
    ) -> None:
        self.policies, self.policy = policies, policy
        self.facts, self.decision = facts, decision
        self.rules = rules_tried(policy, decision)
        self.tried = 0

    def changes(self) -> Iterator[Change]:
        matched = matched_rule(self.rules, self.decision)
        values = other_values(self.policy, self.rules, self.facts, matched=matched)
        moments = at_other_moments(self.policy, self.rules, self.facts, self.decision)
        found = [
            *self._tried("field", self._with_one_field(values)),
            *self._tried("time", moments),
            *self._tried("person", with_people_there(self.facts, self.decision)),
        ]
        yield from found or self._tried("fields", self._with_fields_together(values))

    def _with_one_field(self, values: _Others) -> Iterator[Proposal]:
        for name, others in values.items():
            yield from (with_fields(self.facts, {name: value}) for value in others)

    def _tried(self, kind: str, proposals: Iterable[Proposal]) -> Iterator[Change]:
        """Of each thing that is changed the first that changes the owner."""
        most_tried, most_told = _MOST_OF[kind]
        told: set[str] = set()
        for proposal in islice((p for p in proposals if p.about not in told), most_tried):
            self.tried += 1
            _, decision = settled(self.policies, proposal.facts)
            if decision is not None and self._is_other(decision):
                told.add(proposal.about)
                yield Change(proposal=proposal, decision=decision)
                if len(told) == most_told:
                    return

    def _is_other(self, decision: Decision) -> bool:
        if decision.outcome not in _SETTLED:
            return False
        return _owner(decision) != _owner(self.decision)

    def _with_fields_together(self, values: _Others) -> Iterator[Proposal]:
        """Several fields at once, as rules that did not match ask for; fewest first."""
        found: dict[tuple[tuple[str, Other], ...], int] = {}
        for rule in self.rules:
            for changed in islice(self._to_match(rule, values), _MOST_WAYS):
                found.setdefault(tuple(changed.items()), len(changed))
        for items in sorted(found, key=found.__getitem__):
            yield with_fields(self.facts, dict(items))

    def _to_match(self, rule: Rule, values: _Others) -> Iterator[Mapping[str, Other]]:
        scope = RecordScope(self.facts.record, now=self.facts.now, zone=self.policy.zone)
        scope.asked_by(self.policy, self.facts.directory)
        for way in ways_to_hold(rule.when) or ():
            lacking = [each for each in way if each.test.holds(scope) is not each.holds]
            names = list(dict.fromkeys(each.test.field for each in lacking))
            if not 1 < len(names) <= _MOST_TOGETHER:
                continue
            choices = [
                [each for each in values.get(name, ()) if _meets(way, name, each.value, scope)][:3]
                for name in names
            ]
            yield from (dict(zip(names, chosen, strict=True)) for chosen in product(*choices))


def _meets(way: Iterable[Literal], name: str, value: FieldValue, scope: RecordScope) -> bool:
    return all(
        each.test.judge(value, scope) is each.holds for each in way if each.test.field == name
    )


def _told(decision: Decision) -> dict[str, Any]:
    owner = decision.owner
    return {
        "summary": summary(decision),
        "owner": {"id": owner.id, "kind": owner.kind.value, "name": owner.name} if owner else None,
        "rule": decision.rule,
        "place": str(decision.place) if decision.place else None,
    }


def _owner(decision: Decision) -> RecordId | None:
    return decision.owner.id if decision.owner is not None else None
