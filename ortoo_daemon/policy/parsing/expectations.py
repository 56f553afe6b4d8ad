"""What does a case of a policy's tests expect? ``expect:`` → `cases.Expectation`, and values of fields."""

from datetime import timedelta

from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.policy.cases import Expectation, ExpectedOwner
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import Section, duration_in, mapping_in, text_in
from ortoo_daemon.records import FieldValue

EXPECT_KEYS = (
    "outcome", "rule", "rooftop", "owner", "queue", "parked", "sla", "told", "fields", "children", "reopened",
    "known", "attached", "handoff", "published", "shared", "campaign",
)  # fmt: skip
OUTCOMES = tuple(
    outcome.value
    for outcome in Outcome
    if outcome in (Outcome.ASSIGNED, Outcome.PARKED, Outcome.REPORTED) or outcome in FOLLOW_UPS
)
OWNER_KEYS = ("username", "name", "role", "skills", "languages")
NO_WRITE = "no_write"
NO_TASK = "none"
NO_EVENT = "none"
NO_SHARE = "none"
NO_CAMPAIGN = "none"
HANDOFFS = ("due", "held", "waits", "none")
"""What may be expected of a handoff: it goes at once, waits for consent, waits until another rooftop has it
alone no more, or there is none."""


def read_expectation(node: Node, problems: Problems) -> Expectation | None:
    if isinstance(node, Scalar):
        if node.text == NO_WRITE:
            return Expectation(no_write=True)
        message = f"'expect' is a mapping or {NO_WRITE}, not {node.text!r}"
        problems.add(node, "wrong_type", message)
        return None
    mapping = mapping_in(node, problems, what="'expect'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'expect'", known=EXPECT_KEYS)
    if not mapping.entries:
        problems.add(mapping, "empty", "the case expects nothing", f"or write {NO_WRITE}")
        return None
    owner, sla = section.get("owner"), section.mapping("sla")
    return Expectation(
        outcome=_outcome(section),
        rule=section.text("rule"),
        rooftop=section.text("rooftop"),
        owner=None if owner is None else _owner(owner, problems),
        queue=section.text("queue"),
        parked=section.text("parked"),
        sla={} if sla is None else _targets(sla, problems),
        told=_told(section),
        fields=read_fields(section.mapping("fields"), problems),
        children=_children(section),
        reopened=_values(section, "reopened"),
        known=_values(section, "known"),
        attached=_attached(section),
        handoff=_handoff(section),
        published=_published(section),
        shared=_shared(section),
        campaign=_campaign(section),
    )


def _handoff(section: Section) -> str | None:
    word = section.text("handoff")
    if word is not None and word not in HANDOFFS:
        message = f"no handoff is {word!r}"
        node = section.node.entries["handoff"][1]
        section.problems.add(node, "unknown_name", message, did_you_mean(word, HANDOFFS))
        return None
    return word


def _published(section: Section) -> dict[str, dict[str, FieldValue]] | None:
    """Events by their API names, with the fields that are looked at; ``none`` where there must be none."""
    node = section.get("published")
    if node is None or (isinstance(node, Scalar) and node.text == NO_EVENT):
        return None if node is None else {}
    mapping = mapping_in(node, section.problems, what="'published'")
    found: dict[str, dict[str, FieldValue]] = {}
    for name, (_, value) in mapping.entries.items() if mapping else ():
        fields = mapping_in(value, section.problems, what=f"{name!r}")
        found[name] = read_fields(fields, section.problems)
    return found


def _shared(section: Section) -> frozenset[str] | None:
    """With whom, as the policy names them; ``none`` where nobody may be."""
    if section.get("shared") is None:
        return None
    return frozenset(_texts(section, "shared")) - {NO_SHARE}


def _campaign(section: Section) -> str | None:
    """As the record names it, ``none`` where it joins none."""
    text = section.text("campaign")
    return "" if text == NO_CAMPAIGN else text


def _attached(section: Section) -> str | None:
    """The subject of the task, ``none`` where there must be no task."""
    text = section.text("attached")
    return "" if text == NO_TASK else text


def _values(section: Section, key: str) -> dict[str, FieldValue] | None:
    node = section.mapping(key)
    return None if node is None else read_fields(node, section.problems)


def _children(section: Section) -> tuple[dict[str, FieldValue], ...] | None:
    if section.get("children") is None:
        return None
    found = (
        mapping_in(each, section.problems, what="a child") for each in section.items("children")
    )
    return tuple(read_fields(each, section.problems) for each in found if each is not None)


def read_fields(node: MapNode | None, problems: Problems) -> dict[str, FieldValue]:
    """Fields and paths with their values, as the org would give them."""
    found: dict[str, FieldValue] = {}
    for name, (key, value) in node.entries.items() if node else ():
        if not is_field_name(name):
            message = f"{name!r} is not the API name of a field"
            problems.add(key, "wrong_name", message)
        elif isinstance(value, Scalar):
            found[name] = value.value
        else:
            message = f"a field has one value, not {value.kind}"
            problems.add(value, "wrong_type", message, "write several choices as a;b")
    return found


def _told(section: Section) -> frozenset[str] | None:
    """None where the case does not mention it; empty where nobody may be told."""
    if section.get("told") is None:
        return None
    words = _texts(section, "told")
    for word in words:
        if word not in set(NoticeTo):
            node = section.node.entries["told"][1]
            mend = did_you_mean(word, [str(to) for to in NoticeTo])
            section.problems.add(node, "unknown_name", f"nobody is called {word!r}", mend)
    return frozenset(words)


def _outcome(section: Section) -> str | None:
    word = section.text("outcome")
    if word is not None and word not in OUTCOMES:
        node = section.node.entries["outcome"][1]
        message = f"no decision comes out as {word!r}"
        section.problems.add(node, "unknown_name", message, did_you_mean(word, OUTCOMES))
    return word


def _owner(node: Node, problems: Problems) -> ExpectedOwner | None:
    """A username, or attributes of the person."""
    if isinstance(node, Scalar):
        username = text_in(node, problems, what="'owner'")
        return None if username is None else ExpectedOwner(username=username)
    mapping = mapping_in(node, problems, what="'owner'")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="'owner'", known=OWNER_KEYS)
    return ExpectedOwner(
        username=section.text("username"),
        name=section.text("name"),
        role=section.text("role"),
        skills=_texts(section, "skills"),
        languages=_texts(section, "languages"),
    )


def _texts(section: Section, key: str) -> tuple[str, ...]:
    """One text, or a list of them."""
    node = section.get(key)
    if node is None:
        return ()
    items = node.items if isinstance(node, ListNode) else [node]
    found = (text_in(item, section.problems, what=f"{key!r}") for item in items)
    return tuple(text for text in found if text is not None)


def _targets(node: MapNode, problems: Problems) -> dict[str, timedelta]:
    found = {
        clock: duration_in(value, problems, what=f"{clock!r}")
        for clock, (_, value) in node.entries.items()
    }
    return {clock: length for clock, length in found.items() if length is not None}
