"""How do ``offer:`` and ``returns:`` become the clock of an offer, and what happens to what is given back?"""

from ortoo_daemon.policy.naming import is_field_name
from ortoo_daemon.policy.nodes import MapNode, Node
from ortoo_daemon.policy.notify_model import NEW_RECORD, SLA_WARNING
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section
from ortoo_daemon.policy.parsing.sla_clocks import in_order, read_target, read_warnings
from ortoo_daemon.policy.parsing.sla_steps import ON_RETURN, read_steps, read_stops
from ortoo_daemon.policy.sla_model import OFFER, OnReassign, Returns, SlaRule, SlaStep

OFFER_KEYS = ("for", "hours", "accepted_by", "warn", "on_warning", "on_lapse")
RETURNS_KEYS = ("reason", "steps")


def read_offer(
    node: MapNode, later: ConditionReader, conditions: ConditionReader
) -> SlaRule | None:
    """``later`` knows what ownership found; the rest is asked of the bare record, long after that."""
    problems = conditions.problems
    section = Section(node, problems, what="'offer'", known=OFFER_KEYS)
    length = section.required("for", "say how long it can be accepted, for example 10m")
    section.required("hours", "write rooftop, 24x7 or the name of business hours")
    accepted = section.required("accepted_by", "write for example [{Status: {not_in: [New]}}]")
    lapse = section.required("on_lapse", "write for example [{reassign: {within: rooftop}}]")
    warn, on_warning = section.get("warn"), section.get("on_warning")
    hours, warnings = section.text("hours"), read_warnings(section)
    target = None if length is None else read_target(length, later, what="'for'")
    if on_warning is not None and warn is None:
        message = "'on_warning' without 'warn' is never taken"
        problems.add(on_warning, "missing_key", message, "add warn: [50%]")
    accepting, contacts = (
        ((), frozenset())
        if accepted is None
        else read_stops(accepted, conditions, key="accepted_by")
    )
    warned = _steps(on_warning, conditions, key="on_warning", template=SLA_WARNING)
    lapsing = _steps(lapse, conditions, key="on_lapse", template=NEW_RECORD)
    if target is None or hours is None or accepted is None or lapse is None:
        return None
    return SlaRule(
        clock=OFFER,
        target=target,
        hours=hours,
        warn=in_order(warnings, target),
        stopped_by=accepting,
        contacts=contacts,
        on_reassign=OnReassign.RESTART,
        on_warning=warned,
        on_violation=lapsing,
        is_offer=True,
        place=node.place,
    )


def read_returns(node: MapNode, conditions: ConditionReader) -> Returns | None:
    problems = conditions.problems
    section = Section(node, problems, what="'returns'", known=RETURNS_KEYS)
    section.required("reason", "name the field in which it is said, Ortoo_Return_Reason__c")
    steps = section.required("steps", "write for example [{reassign: {within: rooftop}}]")
    name = section.text("reason")
    if name is not None and (not is_field_name(name) or "." in name):
        message = f"{name!r} is not the API name of a field of the record"
        problems.add(node.entries["reason"][1], "wrong_name", message)
        name = None
    found = _steps(steps, conditions, key=ON_RETURN, template=NEW_RECORD)
    if name is None:
        return None
    return Returns(reason=name, steps=found, place=node.entries["reason"][1].place)


def _steps(
    node: Node | None, conditions: ConditionReader, *, key: str, template: str
) -> tuple[SlaStep, ...]:
    return () if node is None else read_steps(node, conditions, key=key, template=template)
