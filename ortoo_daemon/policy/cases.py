"""What do the tests beside a policy say? ``leads_test.yaml`` → cases; running them is elsewhere.

::

    policy: retail-leads
    now: 2026-11-23T10:15:00+01:00
    defaults: {Country: FR, Status: New}
    roster: {ana.lopez@example.com: {away: true}}
    cases:
      - name: a fleet enquiry reaches the desk
        given: {FleetSize__c: 40}
        expect: {rule: fleet, queue: Fleet_Desk}
        then:
          - {after: 35m, expect: {outcome: reassigned}}
          - {after: 40m, given: {Status: Working}, expect: {outcome: clock_stopped}}

Expectations are partial: what a case does not mention may be anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ortoo_daemon.decision import FOLLOW_UPS, Outcome
from ortoo_daemon.errors import ConfigError, Place
from ortoo_daemon.policy import literals
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.load import is_test_file
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.reading import (
    Section,
    duration_in,
    flag_in,
    mapping_in,
    number_in,
    text_in,
)
from ortoo_daemon.records import FieldValue

TESTS_KEYS = ("policy", "now", "defaults", "roster", "cases")
CASE_KEYS = ("name", "given", "now", "roster", "expect", "then")
THEN_KEYS = ("after", "given", "expect")
CASE_LATER = ("answers",)
ROSTER_KEYS = ("active", "away", "open_work")
EXPECT_KEYS = ("outcome", "rule", "rooftop", "owner", "queue", "parked", "sla", "fields")
OUTCOMES = tuple(
    outcome.value
    for outcome in Outcome
    if outcome in (Outcome.ASSIGNED, Outcome.PARKED) or outcome in FOLLOW_UPS
)
OWNER_KEYS = ("username", "name", "role", "skills", "languages")
NO_WRITE = "no_write"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What is different about one person in a case; None leaves it as the directory has it."""

    username: str
    active: bool | None = None
    away: bool | None = None
    open_work: int | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOwner:
    """Which person may get the record: every attribute given must hold, every skill be there."""

    username: str | None = None
    name: str | None = None
    role: str | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case expects; None and empty expect nothing.

    ``rule`` is a rule's own name or its whole path joined by `` / ``; ``rooftop`` a name or code;
    ``parked`` the reason of parking; ``sla`` targets by clock; ``fields`` values to be written.
    ``outcome`` is what came of it. ``no_write``: the record must be left as it is.
    """

    no_write: bool = False
    outcome: str | None = None
    rule: str | None = None
    rooftop: str | None = None
    owner: ExpectedOwner | None = None
    queue: str | None = None
    parked: str | None = None
    sla: Mapping[str, timedelta] = field(default_factory=dict)
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What becomes of the record later: so long after ``now``, with what somebody has changed by then.

    What is expected is the last that happened since the moment before.
    """

    after: timedelta
    given: Mapping[str, FieldValue]
    expect: Expectation
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """One case; the file's defaults, ``now`` and roster are already part of it."""

    name: str
    given: Mapping[str, FieldValue]
    now: datetime
    roster: tuple[RosterChange, ...] = ()
    expect: Expectation
    then: tuple[Later, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTests:
    """One file of tests."""

    policy: str
    cases: tuple[PolicyCase, ...]
    place: Place


def load_tests(files: Mapping[str, bytes]) -> tuple[PolicyTests, ...]:
    """Every ``*_test.yaml`` among the files, by name. Raises ConfigError with all problems."""
    problems = Problems()
    found = []
    for file in sorted(name for name in files if is_test_file(name)):
        node = read_document(file, files[file], problems)
        if node is None:
            if not any(problem.place.file == file for problem in problems.found):
                problems.add(Place(file), "empty", "the file is empty", "remove it")
            continue
        tests = read_tests(node, problems)
        if tests is not None:
            found.append(tests)
    if problems.found:
        raise ConfigError(problems.found)
    return tuple(found)


def read_tests(node: Node, problems: Problems) -> PolicyTests | None:
    mapping = mapping_in(node, problems, what="a file of tests")
    if mapping is None:
        return None
    section = Section(mapping, problems, what="a file of tests", known=TESTS_KEYS)
    section.required("policy", "name the policy that is tested")
    section.required("cases")
    reader = _CaseReader(problems, section)
    name = section.text("policy")
    cases = tuple(case for case in map(reader.case, section.items("cases")) if case is not None)
    if name is None:
        return None
    return PolicyTests(policy=name, cases=cases, place=mapping.place)


class _CaseReader:
    """Reads cases over what the file says for all of them."""

    def __init__(self, problems: Problems, file: Section) -> None:
        self.problems = problems
        self.now = _moment(file, problems)
        self.defaults = _fields(file.mapping("defaults"), problems)
        self.roster = _roster(file.mapping("roster"), problems)
        self.names: dict[str, int] = {}

    def case(self, node: Node) -> PolicyCase | None:
        problems = self.problems
        mapping = mapping_in(node, problems, what="a case")
        if mapping is None:
            return None
        section = Section(mapping, problems, what="a case", known=CASE_KEYS, later=CASE_LATER)
        section.required("name", "say in a sentence what the case shows")
        expect_node = section.required("expect", f"say what should happen, or {NO_WRITE}")
        name, now = section.text("name"), _moment(section, problems) or self.now
        given = self.defaults | _fields(section.mapping("given"), problems)
        roster = {**self.roster, **_roster(section.mapping("roster"), problems)}
        expect = None if expect_node is None else _expectation(expect_node, problems)
        if now is None and "now" not in mapping.entries:
            message = "neither the case nor the file says when it is"
            problems.add(mapping, "missing_key", message, "add now: 2026-11-23T10:15:00+01:00")
        if name is None or now is None or expect is None:
            return None
        first = self.names.setdefault(name.casefold(), mapping.line)
        if first != mapping.line:
            message = f"a case of this name stands already in line {first}"
            problems.add(mapping, "duplicate_name", message, "give it another name")
        return PolicyCase(
            name=name,
            given=given,
            now=now,
            roster=tuple(roster.values()),
            expect=expect,
            then=_then(section),
            place=mapping.place,
        )


def _then(section: Section) -> tuple[Later, ...]:
    """Later moments, each after the one before."""
    problems = section.problems
    found: list[Later] = []
    for node in section.items("then"):
        mapping = mapping_in(node, problems, what="a later moment")
        if mapping is None:
            continue
        inner = Section(mapping, problems, what="a later moment", known=THEN_KEYS)
        after_node = inner.required("after", "say how long after 'now', for example after: 35m")
        expect_node = inner.required("expect", f"say what should have happened, or {NO_WRITE}")
        after = None if after_node is None else duration_in(after_node, problems, what="'after'")
        expect = None if expect_node is None else _expectation(expect_node, problems)
        given = _fields(inner.mapping("given"), problems)
        if after is None or expect is None:
            continue
        if found and after <= found[-1].after:
            problems.add(mapping, "wrong_order", "'after' counts from 'now' and must grow")
        found.append(Later(after=after, given=given, expect=expect, place=mapping.place))
    return tuple(found)


def _moment(section: Section, problems: Problems) -> datetime | None:
    node = section.get("now")
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) else ""
    found = literals.exact_moment(text)
    if found is None:
        message = f"'now' is not a moment with its offset from UTC: {text!r}"
        problems.add(node, "wrong_type", message, "write 2026-11-23T10:15:00+01:00")
        return None
    return found.astimezone(UTC)


def _fields(node: MapNode | None, problems: Problems) -> dict[str, FieldValue]:
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


def _roster(node: MapNode | None, problems: Problems) -> dict[str, RosterChange]:
    found: dict[str, RosterChange] = {}
    for username, (key, value) in node.entries.items() if node else ():
        mapping = mapping_in(value, problems, what=f"{username!r}")
        if mapping is None:
            continue
        section = Section(mapping, problems, what="a person of the roster", known=ROSTER_KEYS)
        active, away, open_work = (section.get(name) for name in ROSTER_KEYS)
        found[username.casefold()] = RosterChange(
            username=username,
            active=None if active is None else flag_in(active, problems, what="'active'"),
            away=None if away is None else flag_in(away, problems, what="'away'"),
            open_work=None if open_work is None else _count(open_work, problems),
            place=key.place,
        )
    return found


def _count(node: Node, problems: Problems) -> int | None:
    found = number_in(node, problems, what="'open_work'")
    if found is None or (isinstance(found, int) and found >= 0):
        return int(found) if found is not None else None
    problems.add(node, "wrong_type", "'open_work' is a whole number from 0 on")
    return None


def _expectation(node: Node, problems: Problems) -> Expectation | None:
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
        fields=_fields(section.mapping("fields"), problems),
    )


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
