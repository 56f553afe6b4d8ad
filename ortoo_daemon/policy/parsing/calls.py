"""How does a step that calls somebody become a CallStep?

::

    - call:
        service: stock
        when: {Request__c: stock_vehicle}
        send: {model: Model__c}
        set: {In_Stock_At__c: "sites[0].code"}
        at_most: 2s
        else: {In_Stock_At__c: null}
"""

import re
from collections.abc import Collection
from datetime import timedelta

from ortoo_daemon.callouts import CallKind
from ortoo_daemon.policy import templates
from ortoo_daemon.policy.call_model import LONGEST, USUAL, AnswerField, CallStep
from ortoo_daemon.policy.evaluation import Expression
from ortoo_daemon.policy.expressions import Reference
from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode, Node, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression, read_sets
from ortoo_daemon.policy.parsing.sections import Section, duration_in

CALL_KEYS = ("service", "label", "when", "send", "set", "only_empty", "at_most", "else")

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
    label = _word(section, "label") or service
    if label is not None and label in labels:
        message = f"an earlier step is called {label!r} already"
        at = section.get("label") or section.node
        section.problems.add(at, "duplicate_name", message, "give one of them another label")
    return _step(section, conditions, kind=CallKind.SERVICE, target=service, label=label)


def _step(
    section: Section,
    conditions: ConditionReader,
    *,
    kind: CallKind,
    target: str | None,
    label: str | None,
) -> CallStep | None:
    section.required("set", "say which fields its answer fills: {Field: expression}")
    when, orelse = section.get("when"), section.get("else")
    condition = None if when is None else conditions.read(when, what="'when'")
    sends, sets = _sends(section, conditions), _sets(section)
    at_most = _at_most(section)
    instead = () if orelse is None else read_sets(orelse, conditions)
    if target is None or label is None or not sets or (when is not None and condition is None):
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
