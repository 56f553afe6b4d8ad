"""How does ``action: publish:`` become events for others?

``publish: {event: Lead_Routed__e, on: [assigned], when: {…}, set: {Lead__c: "{{ Id }}"}}``
"""

import re

from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.policy.naming import DECIDED, did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_sets
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in, text_in
from ortoo_daemon.policy.publish_model import PublishRule

PUBLISH_KEYS = ("event", "on", "when", "set")
OUTCOMES = tuple(
    each.value
    for each in Outcome
    if each in (Outcome.ASSIGNED, Outcome.PARKED) or each in FOLLOW_UPS
)
EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_]*__e")
MOST_EVENTS = 10
"""Entries; the proof and its events go in one call, which holds 25 parts."""


def read_publish(node: Node, later: ConditionReader) -> tuple[PublishRule, ...]:
    """The entries, one or a list; those that can't be used are noted."""
    problems = later.problems
    items = [node] if isinstance(node, MapNode) else items_in(node, problems, what="'publish'")
    if len(items) > MOST_EVENTS:
        message = f"'publish' has {len(items)} entries"
        problems.add(node, "too_many", message, f"{MOST_EVENTS} at most")
    found = (_event(item, later.knowing(DECIDED)) for item in items)
    return tuple(each for each in found if each is not None)


def _event(node: Node, later: ConditionReader) -> PublishRule | None:
    problems = later.problems
    mapping = mapping_in(node, problems, what="an entry of 'publish'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an entry of 'publish'", known=PUBLISH_KEYS)
    section.required("event", "say which one: event: Lead_Routed__e")
    name, on, when = section.text("event"), section.get("on"), section.get("when")
    if name is not None and EVENT.fullmatch(name) is None:
        message = f"{name!r} is not the API name of a platform event"
        problems.add(mapping.entries["event"][1], "wrong_name", message, "it ends in __e")
        name = None
    set_node = section.required("set", 'say what it tells: set: {Lead__c: "{{ Id }}"}')
    sets = () if set_node is None else read_sets(set_node, later)
    condition = None if when is None else later.read(when, what="'when'")
    outcomes = frozenset({Outcome.ASSIGNED}) if on is None else _outcomes(on, problems)
    if name is None or set_node is None or (when is not None and condition is None):
        return None
    return PublishRule(event=name, sets=sets, on=outcomes, when=condition, place=mapping.place)


def _outcomes(node: Node, problems: Problems) -> frozenset[Outcome]:
    items = [node] if isinstance(node, Scalar) else items_in(node, problems, what="'on'")
    found = set()
    for item in items:
        word = text_in(item, problems, what="'on'")
        if word is None:
            continue
        if word not in OUTCOMES:
            message = f"nothing is published on {word!r}"
            problems.add(item, "unknown_name", message, did_you_mean(word, OUTCOMES))
        else:
            found.add(Outcome(word))
    if not items:
        problems.add(node, "empty", "'on' names nothing", "write on: [assigned]")
    return frozenset(found)
