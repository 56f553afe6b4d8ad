"""Does a decision come out once more as it did, from the facts that were kept with it? Pure.

What of the facts is known to have changed since is told as a gap, and whatever comes out otherwise as a
difference: nothing is called the same that is not.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.explain import Node, Style, explain, plain_lines
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Answer, Facts, Question
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.simulation.past_facts import NotKeptError, Now, Row, facts_of

_COMPARED = (
    "Ortoo_Key__c",
    "Outcome__c",
    "Reason_Code__c",
    "Policy__c",
    "Rule__c",
    "Rooftop__c",
    "Owner_Before__c",
    "Owner_After__c",
    "Owner_Name__c",
    "Summary__c",
    "Fields_Written__c",
    "Trace__c",
)
_MOST_LINES = 20
_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """``facts`` as they were put together, ``decision`` with its whole trace.

    ``differences`` are empty where the decision came out the same, byte for byte; ``gaps`` say what of the
    facts is not as it was then, or is not known to be.
    """

    facts: Facts
    decision: Decision
    differences: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.differences

    def node(self) -> Node:
        """What came of the comparison, for a face to draw."""
        if self.same:
            text = "decided again from the facts and policies of then: the same, byte for byte"
            told = Node(text=text, style=Style.HELD)
        else:
            text = "decided again from the facts and policies of then: it comes out otherwise"
            lines = tuple(Node(text=line, style=Style.FAILED) for line in self.differences)
            told = Node(text=text, style=Style.WARNING, children=lines)
        gaps = tuple(Node(text=gap, style=Style.WARNING) for gap in self.gaps)
        return Node(text=told.text, style=told.style, children=told.children + gaps)


def replay(policies: PolicySet, row: Row, now: Now) -> Replayed:
    """Decide once more. ``policies`` are those of the row's revision.

    Raises NotKeptError where the row does not keep enough.
    """
    facts, gaps = facts_of(row, now)
    found = decide(policies, facts)
    for _ in range(_MOST_ROUNDS):
        if not isinstance(found, Needs):
            break
        gaps.append("it asks now what was not asked then; taken as: nothing is known of it")
        unknown: dict[Question, Answer] = dict.fromkeys(found.questions)
        facts = replace(facts, answers={**facts.answers, **unknown})
        found = decide(policies, facts)
    whole = decide(policies, facts, whole_trace=True)
    if isinstance(found, Needs) or isinstance(whole, Needs):
        raise NotKeptError("the answers of then are not kept")
    return Replayed(
        facts=facts,
        decision=whole,
        differences=tuple(_differences(row, found, facts)),
        gaps=tuple(dict.fromkeys(gaps)),
    )


def _differences(row: Row, decision: Decision, facts: Facts) -> Iterator[str]:
    """What of the row would not be written so again."""
    landed = Written(fields=owner_write(decision, facts.record).whole)
    again = decision_row(decision, facts, timings={}, written=landed)
    for name in _COMPARED:
        then, now = row.get(name) or "", again[name] or ""
        if str(then).strip() == str(now).strip():
            continue
        if name == "Trace__c":
            yield from _other_way(row, decision)
        elif name != "Fields_Written__c" or _all_landed(str(then)):
            yield f"{name}: {then or 'empty'} then, {now or 'empty'} now"


def _all_landed(written: str) -> bool:
    """Whether the org took every field of the decision, and the row names them all with their values."""
    try:
        found = json.loads(written)
    except ValueError:
        return False
    return not found.get("refused") and "cut" not in found


def _other_way(row: Row, decision: Decision) -> Iterator[str]:
    """Lines of the explanation that are not the same."""
    then = plain_lines(explain(replace(decision, trace=trace_from_json(row["Trace__c"]))))
    now = plain_lines(explain(decision))
    diff = [
        line
        for line in unified_diff(list(then), list(now), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    for line in diff[:_MOST_LINES]:
        yield f"{'then' if line[0] == '-' else 'now'}: {line[1:].strip()}"
    if len(diff) > _MOST_LINES:
        yield f"and {len(diff) - _MOST_LINES} more lines"
    if not diff:
        yield "the trace as text: the same steps, written otherwise"
