"""How does ``assign:`` become whom a record goes to?

An inner rule's ``assign`` is laid over the outer one's before it is read: maps merge key by key, lists
and values replace. A fixed owner and a choice of rooftop, team and person replace each other; who keeps
a record is asked before a choice, and replaced by a fixed owner.
"""

from ortoo_daemon.policy.naming import FOUND_BY_INTAKE
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems
from ortoo_daemon.policy.ownership_model import (
    Assignment,
    Holder,
    Keep,
    PersonTarget,
    QueueTarget,
    Target,
)
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.people import read_person, read_team
from ortoo_daemon.policy.parsing.rooftops import read_rooftop
from ortoo_daemon.policy.parsing.sections import Section, mapping_in, name_in, text_in
from ortoo_daemon.policy.resources import Resources

FIXED = ("queue", "user")
CHOICE = ("rooftop", "team", "person")
ASSIGN_KEYS = (*FIXED, "keep", *CHOICE, "else")
TARGET_KEYS = FIXED
HOLDERS = {"account_owner": "Account.OwnerId", "opportunity_owner": "Opportunity.OwnerId"}
"""Words for those who have the customer already, and the fields that name them."""
MATCH_OWNER = "match_owner"
"""Whoever holds the record that intake found of the same customer."""


def merged(outer: MapNode | None, inner: MapNode | None) -> MapNode | None:
    """``inner`` laid over ``outer``; places stay those of whichever file line gave the value."""
    if outer is None or inner is None:
        return inner if inner is not None else outer
    dropped: tuple[str, ...] = ()
    if any(key in inner.entries for key in FIXED):
        dropped = (*FIXED, "keep", *CHOICE)
    elif any(key in inner.entries for key in ("keep", *CHOICE)):
        dropped = FIXED
    return _laid_over(outer.without(*dropped), inner)


def _laid_over(outer: MapNode, inner: MapNode) -> MapNode:
    result = MapNode(inner.file, inner.line, inner.column)
    result.entries = dict(outer.entries)
    for name, (key, value) in inner.entries.items():
        before = outer.get(name)
        both = isinstance(before, MapNode) and isinstance(value, MapNode)
        # Two conditions laid over each other would be a third one, two owners none at all.
        if both and name not in ("where", "else"):
            assert isinstance(before, MapNode)
            assert isinstance(value, MapNode)
            value = _laid_over(before, value)
        result.entries[name] = (key, value)
    return result


def read_target(
    node: Node, problems: Problems, *, what: str, known: tuple[str, ...] = TARGET_KEYS
) -> Target | None:
    """``{queue: DeveloperName}`` or ``{user: username}``."""
    mapping = mapping_in(node, problems, what=what)
    if mapping is None:
        return None
    section = Section(mapping, problems, what=what, known=known)
    given = [key for key in FIXED if key in mapping.entries]
    if len(given) != 1:
        message = f"{what} needs one of queue and user"
        problems.add(mapping, "missing_key", message, "write {queue: Its_Developer_Name}")
        return None
    return _fixed(section)


def _fixed(section: Section) -> Target | None:
    queue, user = section.text("queue"), section.text("user")
    if queue is not None:
        return QueueTarget(queue=queue, place=section.node.entries["queue"][1].place)
    if user is not None:
        return PersonTarget(username=user, place=section.node.entries["user"][1].place)
    return None


def read_assignment(
    node: MapNode, conditions: ConditionReader, resources: Resources
) -> Assignment | None:
    """The assignment of one rule, inheritance done; ``else`` is read by `read_target`."""
    problems = conditions.problems
    section = Section(node, problems, what="assign", known=ASSIGN_KEYS)
    fixed = [key for key in FIXED if section.get(key) is not None]
    chosen = [key for key in ("keep", *CHOICE) if section.get(key) is not None]
    if len(fixed) > 1 or (fixed and chosen):
        first, second = [*fixed, *chosen][:2]
        message = f"{first!r} and {second!r} exclude each other"
        problems.add(node.entries[second][0], "two_owners", message, "keep one of them")
        return None
    if fixed:
        return Assignment(target=_fixed(section), place=node.place)
    if not chosen:
        message = "assign names nobody"
        problems.add(node, "missing_key", message, "add queue, user, or rooftop/team/person")
        return None
    rooftop, team, person = (section.mapping(key) for key in CHOICE)
    return Assignment(
        keep=_keep(section, looks=bool(conditions.roots & FOUND_BY_INTAKE)),
        rooftop=None if rooftop is None else read_rooftop(rooftop, conditions, resources),
        team=None if team is None else read_team(team, problems),
        person=None if person is None else read_person(person, problems),
        place=node.place,
    )


def _keep(section: Section, *, looks: bool) -> Keep | None:
    """One holder, or a list of them. ``looks``: intake looks for other records of the customer."""
    node = section.get("keep")
    if node is None:
        return None
    items = node.items if isinstance(node, ListNode) else [node]
    if not items:
        section.problems.add(node, "empty", "'keep' names nobody", "name a field, or take it out")
    found = (_holder(item, section.problems, looks=looks) for item in items)
    return Keep(holders=tuple(each for each in found if each is not None), place=node.place)


def _holder(node: Node, problems: Problems, *, looks: bool) -> Holder | None:
    """A word for somebody, or the field that names them."""
    text = text_in(node, problems, what="'keep'")
    if text is None:
        return None
    if text == MATCH_OWNER:
        if not looks:
            message = "'match_owner' holds what intake finds, and this policy does not look"
            problems.add(node, "wrong_name", message, "add intake: {find: {duplicates: …}}")
            return None
        return Holder(name=text, field="$match.OwnerId")
    field = HOLDERS.get(text) or name_in(node, problems, what="'keep'")
    return None if field is None else Holder(name=text, field=field)
