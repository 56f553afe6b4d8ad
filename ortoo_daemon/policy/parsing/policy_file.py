"""How does one policy file become a Policy? Top level of the language; sections have own modules."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ortoo_daemon.policy import literals
from ortoo_daemon.policy.definitions import Definitions
from ortoo_daemon.policy.model import Policy, Triggers
from ortoo_daemon.policy.naming import (
    ADF,
    FOUND_BY_INTAKE,
    FOUND_SO_FAR,
    TRIAGE,
    did_you_mean,
    is_field_name,
)
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.ownership_model import Programme
from ortoo_daemon.policy.parsing.absence import read_absence
from ortoo_daemon.policy.parsing.action import Action, read_action
from ortoo_daemon.policy.parsing.boundaries import read_boundaries
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.find import read_find
from ortoo_daemon.policy.parsing.intake import Intake, read_enrichment, read_intake
from ortoo_daemon.policy.parsing.ownership import read_ownership
from ortoo_daemon.policy.parsing.programmes import read_programmes
from ortoo_daemon.policy.parsing.repeats import note_unsearched
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in, name_in, text_in
from ortoo_daemon.policy.reach import knowing_late_fields
from ortoo_daemon.policy.resources import Resources

POLICY_KEYS = (
    "policy", "object", "description", "take_from", "zone", "hours", "on", "enter", "take_over",
    "define", "programmes", "intake", "enrichment", "ownership", "action", "absence",
    "boundaries",
)  # fmt: skip
TRIGGERS = ("created", "enters")
CHANGED_KEYS = ("changed",)

_POLICY_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def read_policy(node: Node, problems: Problems, resources: Resources) -> Policy | None:
    """The policy, or None when a part is wrong that nothing can do without. Everything is noted."""
    mapping = mapping_in(node, problems, what="a policy")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a policy", known=POLICY_KEYS)
    definitions = Definitions(problems)
    before = ConditionReader(problems, definitions, hours=section.get("hours") is not None)
    enter, intake = section.get("enter"), section.mapping("intake")
    reads_mail = intake is not None and intake.get("triage") is not None
    conditions = before.knowing(TRIAGE) if reads_mail else before
    mailed = conditions
    if intake is not None and intake.get("adf") is not None:
        conditions = conditions.knowing(ADF)
    define = section.mapping("define")
    if define is not None:
        definitions.take(define)
    name, object_name = _name(section), _object(section)
    programmes_node = section.mapping("programmes")
    programmes: dict[str, Programme] = {}
    if programmes_node is not None:
        programmes = read_programmes(programmes_node, conditions, policy=name or "")
    take_from = _take_from(section)
    took = (
        Intake() if intake is None else read_intake(intake, (before, mailed, conditions), resources)
    )
    find = None if intake is None else read_find(intake, problems)
    looks = intake is not None and intake.get("find") is not None
    later = conditions.knowing(FOUND_BY_INTAKE) if looks else conditions
    enrichment = section.get("enrichment")
    absence_node = section.mapping("absence")
    absence = None if absence_node is None else read_absence(absence_node, conditions)
    boundaries = section.mapping("boundaries")
    section.required("ownership", "it says who gets the records")
    ownership_node, action = section.mapping("ownership"), section.mapping("action")
    ownership = None
    if ownership_node is not None:
        ownership = read_ownership(ownership_node, later, resources, programmes)
    acts = (
        Action()
        if action is None
        else read_action(action, later, policy=name or "", object_name=object_name or "")
    )
    if not looks or find is not None:
        note_unsearched(acts.repeats, find, problems)
    steps = () if enrichment is None else read_enrichment(enrichment, later, resources)
    enters = None if enter is None else before.read(enter, what="'enter'")
    triggers, take_over, zone = _triggers(section), _take_over(section), _zone(section)
    definitions.read_unused(later.knowing(FOUND_SO_FAR).read)
    if name is None or object_name is None or take_from is None:
        return None
    if ownership is None or ownership.otherwise is None:
        return None
    found = Policy(
        name=name,
        object=object_name,
        description=section.text("description") or "",
        take_from=take_from,
        zone=zone,
        hours=section.text("hours"),
        on=triggers,
        enter=enters,
        take_over=take_over,
        triage=took.triage,
        adf=took.adf,
        vehicle=took.vehicle,
        cleanse=took.cleanse,
        require=took.require,
        govern=took.govern,
        find=find,
        enrichment=steps,
        rules=ownership.rules,
        limits=ownership.limits,
        otherwise=ownership.otherwise,
        sets=acts.sets,
        repeats=acts.repeats,
        duplicate_rules=acts.duplicate_rules,
        campaign=acts.campaign,
        publish=acts.publish,
        sla=acts.sla,
        moves=acts.moves,
        returns=acts.returns,
        notify=acts.notify,
        on_park=acts.on_park,
        handoff=acts.handoff,
        share=acts.share,
        absence=absence,
        boundaries=None if boundaries is None else read_boundaries(boundaries, conditions),
        fuse=acts.fuse,
        programmes=tuple(programmes.values()),
        definitions=definitions.summary(),
        place=mapping.entries["policy"][0].place,
    )
    return knowing_late_fields(found)


def _name(section: Section) -> str | None:
    section.required("policy", "name it, for example policy: retail-leads")
    name = section.text("policy")
    if name is not None and not _POLICY_NAME.fullmatch(name):
        message = f"{name!r} can't be the name of a policy"
        mend = "use small letters, digits, - and _, at most 60"
        section.problems.add(section.node.entries["policy"][1], "wrong_name", message, mend)
        return None
    return name


def _object(section: Section) -> str | None:
    section.required("object", "the API name, for example Lead, Opportunity or Service_Ticket__c")
    name = section.text("object")
    if name is not None and (not is_field_name(name) or "." in name):
        message = f"{name!r} is not the API name of an object"
        section.problems.add(section.node.entries["object"][1], "wrong_name", message)
        return None
    return name


def _take_from(section: Section) -> datetime | None:
    node = section.required(
        "take_from", "say from which moment on records are taken: nothing older is touched"
    )
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) else ""
    found = literals.exact_moment(text)
    if found is None:
        message = f"'take_from' is not a moment with its offset from UTC: {text!r}"
        mend = "write 2026-11-23T00:00:00+01:00"
        section.problems.add(node, "wrong_type", message, mend)
        return None
    return found.astimezone(UTC)


def _zone(section: Section) -> str:
    name = section.text("zone")
    if name is None:
        return "UTC"
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no time zone is called {name!r}"
        mend = did_you_mean(name, available_timezones())
        section.problems.add(section.node.entries["zone"][1], "unknown_name", message, mend)
        return "UTC"


def _triggers(section: Section) -> Triggers:
    """``on: [created, enters]``, ``{changed: [Field]}``, or both in one list."""
    node = section.get("on")
    if node is None:
        return Triggers()
    problems = section.problems
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        problems.add(node, "empty", "'on' names nothing", f"write [{', '.join(TRIGGERS)}]")
    words: set[str] = set()
    changed: set[str] = set()
    for item in items:
        if isinstance(item, MapNode):
            inner = Section(item, problems, what="'on'", known=CHANGED_KEYS)
            names = (name_in(field, problems, what="'changed'") for field in inner.items("changed"))
            changed |= {name for name in names if name is not None}
            continue
        word = text_in(item, problems, what="'on'")
        if word is not None and word not in TRIGGERS:
            message = f"nothing is triggered by {word!r}"
            problems.add(item, "unknown_name", message, did_you_mean(word, (*TRIGGERS, "changed")))
        elif word is not None:
            words.add(word)
    return Triggers(
        created="created" in words, enters="enters" in words, changed=frozenset(changed)
    )


def _take_over(section: Section) -> tuple[str, ...]:
    node = section.get("take_over")
    if node is None:
        return ()
    problems = section.problems
    items = [node] if isinstance(node, Scalar) else items_in(node, problems, what="'take_over'")
    found = (text_in(item, problems, what="an owner to take over from") for item in items)
    return tuple(dict.fromkeys(owner for owner in found if owner is not None))
