"""How does a step that calls somebody, or waits for the org, become a CallStep or a HoldStep?

::

    - call:
        service: stock
        when: {Request__c: stock_vehicle}
        send: {model: Model__c}
        set: {In_Stock_At__c: "sites[0].code"}
        at_most: 2s
        else: {In_Stock_At__c: null}
    - flow: {name: Score_Lead, send: {recordId: Id}, set: {Ortoo_Score__c: score}, at_most: 5s}
    - hold_until: {Ortoo_Profile__c: {blank: false}, at_most: 10m, else: {Rating: Cold}}
"""

import re
from collections.abc import Collection
from datetime import timedelta

from ortoo_daemon.callouts import CallKind
from ortoo_daemon.policy import templates
from ortoo_daemon.policy.call_model import (
    LONGEST,
    LONGEST_HOLD,
    USUAL,
    AnswerField,
    CallStep,
    HoldStep,
)
from ortoo_daemon.policy.evaluation import Expression
from ortoo_daemon.policy.expressions import Reference
from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode, Node, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression, read_sets
from ortoo_daemon.policy.parsing.sections import Section, duration_in

CALL_KEYS = ("service", "label", "when", "send", "set", "only_empty", "at_most", "else")

ACTION_KEYS = ("name", "label", "when", "send", "set", "only_empty", "at_most", "else")
HOLD_KEYS = ("label", "when", "at_most", "else")

_API_NAME = re.compile(r"[A-Za-z]\w{0,119}")

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""Of services, of steps, and of what is sent."""


def read_call(
    node: MapNode, conditions: ConditionReader, labels: Collection[str]
) -> CallStep | None:
    """The step; None where something is wrong that it can't do without. Everything is noted.

    ``labels`` are those of earlier steps.
    """
    section = Section(node, conditions.problems, what="a call", known=CALL_KEYS)
    section.required("service", "name one of services.yaml")
    service = _word(section, "service")
    section.required("set", "say which fields its answer fills: {Field: expression}")
    label = _label(section, service, labels)
    found = _step(section, conditions, kind=CallKind.SERVICE, target=service, label=label)
    return found if found is not None and found.sets else None


def read_action(
    kind: CallKind, node: MapNode, conditions: ConditionReader, labels: Collection[str]
) -> CallStep | None:
    """A step that starts something of the org's own, by its API name. As `read_call`."""
    what = f"a step {kind.value!r}"
    section = Section(node, conditions.problems, what=what, known=ACTION_KEYS)
    section.required("name", "write the API name")
    name = section.text("name")
    if name is not None and not _API_NAME.fullmatch(name):
        at = section.node.entries["name"][1]
        section.problems.add(at, "wrong_name", f"{name!r} is not the API name of a {kind.value}")
        name = None
    label = _label(section, name, labels)
    return _step(section, conditions, kind=kind, target=name, label=label)


def read_hold(
    node: MapNode, conditions: ConditionReader, labels: Collection[str]
) -> HoldStep | None:
    """A condition, with ``at_most`` and what else is said of the wait beside its parts."""
    problems = conditions.problems
    said = MapNode(node.file, node.line, node.column)
    said.entries.update({key: each for key, each in node.entries.items() if key in HOLD_KEYS})
    section = Section(said, problems, what="'hold_until'", known=HOLD_KEYS)
    rest = node.without(*HOLD_KEYS)
    until = None
    if rest.entries:
        until = conditions.read(rest, what="'hold_until'")
    else:
        mend = "write for example {Ortoo_Profile__c: {blank: false}, at_most: 10m}"
        problems.add(node, "missing_key", "'hold_until' waits for nothing", mend)
    section.required("at_most", "a record can't wait for ever: write at_most: 10m")
    when, orelse = section.get("when"), section.get("else")
    condition = None if when is None else conditions.read(when, what="'when'")
    instead = () if orelse is None else read_sets(orelse, conditions)
    label = _label(section, "hold_until", labels)
    node_at = section.get("at_most")
    at_most = None if node_at is None else duration_in(node_at, problems, what="'at_most'")
    if at_most is not None and node_at is not None and at_most > LONGEST_HOLD:
        problems.add(node_at, "out_of_bounds", "a record waits a day at most")
        return None
    if until is None or at_most is None or label is None:
        return None
    return HoldStep(
        label=label,
        until=until,
        when=condition,
        orelse=instead,
        at_most=at_most,
        place=node.place,
    )


def _label(section: Section, usual: str | None, labels: Collection[str]) -> str | None:
    label = _word(section, "label") or usual
    if label is not None and label in labels:
        message = f"an earlier step is called {label!r} already"
        at = section.get("label") or section.node
        section.problems.add(at, "duplicate_name", message, "give one of them another label")
    return label


def _step(
    section: Section,
    conditions: ConditionReader,
    *,
    kind: CallKind,
    target: str | None,
    label: str | None,
) -> CallStep | None:
    when, orelse = section.get("when"), section.get("else")
    condition = None if when is None else conditions.read(when, what="'when'")
    sends, sets = _sends(section, conditions), _sets(section)
    at_most = _at_most(section)
    instead = () if orelse is None else read_sets(orelse, conditions)
    if target is None or label is None or (when is not None and condition is None):
        return None
    return CallStep(
        kind=kind,
        target=target,
        label=label,
        when=condition,
        sends=sends,
        sets=sets,
        orelse=instead,
        only_empty=section.flag("only_empty"),
        at_most=at_most,
        place=section.place,
    )


def _word(section: Section, key: str) -> str | None:
    text = section.text(key)
    if text is None or NAME.fullmatch(text):
        return text
    message = f"{text!r} can't be the name of a service or a step"
    mend = "use small letters, digits, - and _, beginning with a letter"
    section.problems.add(section.node.entries[key][1], "wrong_name", message, mend)
    return None


def _sends(section: Section, conditions: ConditionReader) -> tuple[tuple[str, Expression], ...]:
    """``send: {name: Field}``, in the order of names."""
    mapping = section.mapping("send")
    found: dict[str, Expression] = {}
    for name, (key, value) in mapping.entries.items() if mapping else ():
        if not is_field_name(name) or "." in name:
            section.problems.add(key, "wrong_name", f"{name!r} can't be the name of a value")
            continue
        expression = _sent(value, conditions)
        if expression is not None:
            found[name] = expression
    return tuple(sorted(found.items()))


def _sent(node: Node, conditions: ConditionReader) -> Expression | None:
    """A field's name stands for its value; all else is written as elsewhere."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        text = node.value.strip()
        if is_field_name(text):
            return Reference(node.place, text)
        if not templates.is_template(text) and not text.startswith("$"):
            message = f"{text!r} is no field, $ name or template"
            mend = "what is always the same is written in services.yaml"
            conditions.problems.add(node, "wrong_name", message, mend)
            return None
    return read_expression(node, conditions)


def _sets(section: Section) -> tuple[AnswerField, ...]:
    from ortoo_daemon.policy.callouts.paths import read_path

    mapping = section.mapping("set")
    found = []
    for name, (key, value) in mapping.entries.items() if mapping else ():
        if not is_field_name(name) or "." in name:
            message = f"{name!r} is not the API name of a field of the record"
            section.problems.add(key, "wrong_name", message)
            continue
        path = read_path(value, section.problems, what=f"the value of {name}")
        if path is not None:
            found.append(AnswerField(field=name, path=path, place=key.place))
    if mapping is not None and not mapping.entries:
        section.problems.add(mapping, "empty", "the answer fills no field", "write {Field: name}")
    return tuple(found)


def _at_most(section: Section) -> timedelta:
    node = section.get("at_most")
    found = None if node is None else duration_in(node, section.problems, what="'at_most'")
    if node is None or found is None:
        return USUAL
    if not timedelta(0) < found <= LONGEST:
        message = "a record waits for a call at least 1s and at most 1m"
        section.problems.add(node, "out_of_bounds", message)
        return USUAL
    return found
