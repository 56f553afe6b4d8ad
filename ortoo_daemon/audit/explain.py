"""Why did it come out so, as a tree that any face can draw?

`explain` gives plain nodes: a text, a style, and what hangs below. Colours, boxes and indents are the
face's; nothing here knows a terminal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.consequences import RecordShare, ShareState
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import Place
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import FieldValue
from ortoo_daemon.trace import CandidateStep, FieldOrigin, RuleOutcome, RuleStep, ScoreStep, Trace

Met = Mapping[str, Mapping[str, FieldValue]]
"""Values by field, by rule."""

_NOTHING: Met = {}


class Style(StrEnum):
    """What a node means, for a face to pick a look."""

    HEAD = "head"
    WINNER = "winner"
    HELD = "held"
    FAILED = "failed"
    PLAIN = "plain"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    text: str
    style: Style = Style.PLAIN
    children: tuple["Node", ...] = ()


def explain(decision: Decision, met: Met = _NOTHING) -> Node:
    """The whole way of one decision, stage by stage, in the order in which it was walked.

    ``met`` are, by rule, values of other fields that had their part in its not matching.
    """
    policy = f" [{decision.policy}@{decision.revision}]" if decision.policy else ""
    place = f" ({decision.place})" if decision.place else ""
    text = f"{decision.object} {decision.record_id} {summary(decision)}{policy}{place}"
    trace = decision.trace
    parts = (
        _changes(trace, "intake"),
        _changes(trace, "enrichment"),
        _rules(trace, met),
        _candidates(decision, "rooftop", "rooftops"),
        _candidates(decision, "person", "people"),
        _action(decision),
        _group("notes", [Node(text=note) for note in trace.notes]),
    )
    children = tuple(part for part in parts if part is not None)
    return Node(text=text, style=Style.HEAD, children=children)


def plain_lines(node: Node, *, depth: int = 0) -> Iterator[str]:
    """The tree as indented lines, for logs of policy tests and terminals without colour."""
    yield "  " * depth + node.text
    for child in node.children:
        yield from plain_lines(child, depth=depth + 1)


def node_json(node: Node) -> dict[str, object]:
    """The tree as JSON values."""
    found: dict[str, object] = {"text": node.text, "style": node.style.value}
    if node.children:
        found["children"] = [node_json(child) for child in node.children]
    return found


def _group(title: str, nodes: list[Node]) -> Node | None:
    return Node(text=title, style=Style.HEAD, children=tuple(nodes)) if nodes else None


def _changes(trace: Trace, stage: str) -> Node | None:
    nodes = [
        Node(text=f"{c.field}: {_shown(c.before)} → {_shown(c.after)}{_at(c.place)}")
        for c in trace.changes
        if c.stage == stage
    ]
    nodes += [
        Node(text=f"{r.field}: {r.message}{_at(r.place)}", style=Style.WARNING)
        for r in trace.reports
        if r.stage == stage
    ]
    if stage == "enrichment":
        nodes += [_score(step) for step in trace.scores]
        nodes += [_origin(each) for each in trace.origins]
    return _group(stage, nodes)


def _origin(origin: FieldOrigin) -> Node:
    """Who read the value out of the record's text, and out of which words."""
    text = f"{origin.field} by {origin.by}, {origin.confidence:g}"
    return Node(text=f'{text}: "{origin.evidence}"{_at(origin.place)}')


def _score(step: ScoreStep) -> Node:
    """The sum as one would write it down: what each line adds, and why."""
    lines = [
        Node(text=f"{line.points:+g} {line.because}{_at(line.place)}", style=Style.PLAIN)
        for line in step.lines
    ]
    band = f" ({step.band})" if step.band else ""
    text = f"{step.field}: {step.score}{band} by {step.card}"
    return Node(text=text, children=tuple(lines))


def _rules(trace: Trace, met: Met) -> Node | None:
    nodes = [_rule(step, met.get(step.name, {})) for step in trace.rules]
    for gate in (gate for gate in trace.gates if gate.kind == "rule"):
        text = f"{gate.removed} more rules did not match"
        nodes.append(Node(text=text, style=Style.FAILED))
    return _group("rules", nodes)


def _rule(step: RuleStep, others: Mapping[str, FieldValue]) -> Node:
    head = f"{step.name}{_at(step.place)}"
    match step.outcome:
        case RuleOutcome.MATCHED:
            return Node(text=f"{head}: matched", style=Style.HELD)
        case RuleOutcome.NOT_DURING:
            return Node(text=f"{head}: not during these days", style=Style.FAILED)
        case RuleOutcome.NOT_RUNNING if step.failed is not None:
            text = f"{head}: {step.failed.text} is {step.failed.value}{_at(step.failed.place)}"
            return Node(text=text, style=Style.FAILED)
        case RuleOutcome.NOBODY:
            return Node(text=f"{head}: found nobody", style=Style.WARNING)
        case RuleOutcome.NOT_MATCHED | RuleOutcome.NOT_RUNNING:
            failed = step.failed
            if failed is None:
                return Node(text=f"{head}: did not match", style=Style.FAILED)
            values = {failed.field: failed.value, **others}
            told = ", ".join(f"{name} is {_shown(value)}" for name, value in values.items())
            text = f"{head}: {failed.text} fails, {told}{_at(failed.place)}"
            return Node(text=text, style=Style.FAILED)


def _candidates(decision: Decision, kind: str, title: str) -> Node | None:
    winners = {str(decision.rooftop), str(decision.owner.id) if decision.owner else ""}
    trace = decision.trace
    steps = [step for step in trace.candidates if step.kind == kind]
    kept = [_kept(step, step.id in winners) for step in steps if step.removed_by is None]
    gates = []
    for gate in (gate for gate in trace.gates if gate.kind == kind):
        named = [step for step in steps if step.removed_by == gate.gate]
        nodes = [
            Node(text=f"{step.name} ({step.id}): {step.detail}", style=Style.FAILED)
            for step in named
        ]
        unnamed = gate.removed - len(named)
        if named and unnamed > 0:
            nodes.append(Node(text=f"and {unnamed} more", style=Style.FAILED))
        detail = f": {gate.detail}" if gate.detail else ""
        verb = "not shown" if gate.gate == "not_listed" else f"removed by {gate.gate}"
        text = f"{gate.removed} {verb}{detail}"
        gates.append(Node(text=text, style=Style.FAILED, children=tuple(nodes)))
    return _group(title, kept + gates)


def _kept(step: CandidateStep, won: bool) -> Node:
    rank = ", ".join(f"{name} {_shown(value)}" for name, value in step.rank.items())
    text = f"{step.name} ({step.id}){': ' + rank if rank else ''}{' ← chosen' if won else ''}"
    return Node(text=text, style=Style.WINNER if won else Style.PLAIN)


def _action(decision: Decision) -> Node | None:
    changes = _changes(decision.trace, "action")
    nodes = list(changes.children) if changes else []
    for clock in decision.clocks:
        warned = ", ".join(instant_text(at) for at in clock.warn_at)
        text = f"clock {clock.name}: due {instant_text(clock.target_at)} ({clock.hours})"
        nodes.append(Node(text=f"{text}, warned {warned}" if warned else text))
    nodes += [_share(share) for share in (*decision.shares, *decision.withheld)]
    return _group("action", nodes)


def _share(share: RecordShare) -> Node:
    at = _at(share.place)
    match share.state:
        case ShareState.GIVEN:
            return Node(text=f"shared with {share.name} ({share.access}){at}")
        case ShareState.HELD:
            text = f"not shared with {share.name} yet: no consent{at}"
        case ShareState.WITHDRAWN:
            text = f"no longer shared with {share.name}: no consent{at}"
    return Node(text=text, style=Style.WARNING)


def _shown(value: FieldValue) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        f'"{value}"'
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _at(place: Place | None) -> str:
    return f" ({place})" if place else ""
