"""How does ``action: share:`` become whom records are shared with?

``share: {with: {group: Launch_Partners}, access: read, when: {…}, consent: {…}}``, or a list of such entries.
"""

from dataclasses import replace

from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import MapNode, Node, Problems
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.expressions import read_expression
from ortoo_daemon.policy.parsing.sections import Section, items_in, mapping_in
from ortoo_daemon.policy.share_model import (
    LONGEST_SHARING,
    SHARING,
    STANDARD_OBJECTS,
    Access,
    ShareRule,
    can_be_shared,
)

SHARE_KEYS = ("with", "access", "when", "consent")
WITH_KEYS = ("user", "group", "queue")
MOST_SHARES = 10
"""Entries; each costs its records a call."""

_NOBODY = (
    "write {user: USERNAME}, {group: Its_Developer_Name}, {queue: Its_Developer_Name} or a value such as "
    "$rooftop.Partner"
)
_AN_ID = 18
_BESIDE_NAMES = len("Held: no consent: ; Shared: ")


def read_share(node: Node, later: ConditionReader, *, object_name: str) -> tuple[ShareRule, ...]:
    """The entries, one or a list; those that can't be used are noted."""
    problems = later.problems
    if not can_be_shared(object_name):
        message = f"{object_name} records can't be shared one by one"
        mend = f"{', '.join(STANDARD_OBJECTS)} and custom objects can"
        problems.add(node, "wrong_type", message, mend)
    items = [node] if isinstance(node, MapNode) else items_in(node, problems, what="'share'")
    if len(items) > MOST_SHARES:
        message = f"'share' has {len(items)} entries"
        problems.add(node, "too_many", message, f"{MOST_SHARES} at most")
    found = [each for item in items if (each := _share(item, later)) is not None]
    asking = [each.group or each.queue or each.user or "" for each in found if each.consent]
    length = sum(len(name) or _AN_ID for name in asking) + 2 * len(asking) + _BESIDE_NAMES
    if length > LONGEST_SHARING:
        message = f"names of those who wait for consent take {length} characters"
        mend = f"{SHARING} holds {LONGEST_SHARING}: name fewer, or one group of them all"
        problems.add(node, "too_many", message, mend)
    return tuple(found)


def _share(node: Node, later: ConditionReader) -> ShareRule | None:
    problems = later.problems
    mapping = mapping_in(node, problems, what="an entry of 'share'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="an entry of 'share'", known=SHARE_KEYS)
    with_node = section.required("with", _NOBODY)
    named = None if with_node is None else _named(with_node, later)
    access = _access(section, problems)
    when, consent = section.get("when"), section.get("consent")
    asked = None if when is None else later.read(when, what="'when'")
    agreed = None if consent is None else later.read(consent, what="'consent'")
    if named is None or (when and asked is None) or (consent and agreed is None):
        return None
    return replace(named, access=access, when=asked, consent=agreed, place=mapping.place)


def _named(node: Node, later: ConditionReader) -> ShareRule | None:
    """With user, group, queue, or the value that says who."""
    if isinstance(node, MapNode) and list(node.entries) != ["first"]:
        section = Section(node, later.problems, what="'with'", known=WITH_KEYS)
        if len(node.entries) != 1:
            message = "'with' names one user, one public group or one queue"
            later.problems.add(node, "missing_key", message, _NOBODY)
            return None
        user, group, queue = (section.text(key) for key in WITH_KEYS)
        if (user or group or queue) is None:
            return None
        return ShareRule(user=user, group=group, queue=queue, place=node.place)
    to = read_expression(node, later)
    return None if to is None else ShareRule(to=to, place=node.place)


def _access(section: Section, problems: Problems) -> Access:
    word = section.text("access")
    if word is not None and word not in set(Access):
        message = f"'access' is not {word!r}"
        node = section.node.entries["access"][1]
        mend = did_you_mean(word, [str(each) for each in Access])
        problems.add(node, "unknown_name", message, mend)
        return Access.READ
    return Access.READ if word is None else Access(word)
