"""What do the tests beside a policy say? ``leads_test.yaml`` → `cases`.

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

A case with ``each`` is many: `case_tables` says which.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from ortoo_daemon.errors import ConfigError, Place
from ortoo_daemon.facts import ContactKind
from ortoo_daemon.policy import literals
from ortoo_daemon.policy.cases import Later, PolicyCase, PolicyTests, RosterChange
from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.load import is_test_file
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.case_matches import read_matches
from ortoo_daemon.policy.parsing.case_tables import EACH, rows_of
from ortoo_daemon.policy.parsing.expectations import NO_WRITE, read_expectation, read_fields
from ortoo_daemon.policy.parsing.found_mail import read_found_mail
from ortoo_daemon.policy.parsing.given_answers import ANSWERS, read_answers
from ortoo_daemon.policy.parsing.sections import (
    Section,
    duration_in,
    flag_in,
    mapping_in,
    number_in,
    text_in,
)

TESTS_KEYS = ("policy", "now", "defaults", "roster", "cases")
CASE_KEYS = (
    "name", "given", "now", "roster", "moved", "mail", "match", ANSWERS, "expect", "then", EACH,
)  # fmt: skip
THEN_KEYS = ("after", "roster", "given", "activity", "reply", "expect")
ROSTER_KEYS = ("active", "away", "open_work", "load", "given_last")
LATER_ROSTER_KEYS = ("active", "away")
GIVEN_KEYS = ("times", "ago")


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
    cases = tuple(case for node in section.items("cases") for case in reader.cases(node))
    if name is None:
        return None
    return PolicyTests(policy=name, cases=cases, place=mapping.place)


class _CaseReader:
    """Reads cases over what the file says for all of them."""

    def __init__(self, problems: Problems, file: Section) -> None:
        self.problems = problems
        self.now = _moment(file, problems)
        self.defaults = read_fields(file.mapping("defaults"), problems)
        self.roster = _roster(file.mapping("roster"), problems)
        self.names: dict[str, int] = {}

    def cases(self, node: Node) -> Iterator[PolicyCase]:
        """The case, or those of its table. What is wrong with the case itself is told once."""
        mapping = mapping_in(node, self.problems, what="a case")
        if mapping is None:
            return
        whole = self.problems
        Section(mapping, whole, what="a case", known=CASE_KEYS)
        told = set(whole.found)
        tried = rows_of(mapping, whole) if EACH in mapping.entries else [mapping]
        for each in tried:
            self.problems = Problems()
            case = self.case(each)
            found, self.problems = self.problems.found, whole
            whole.found += [problem for problem in dict.fromkeys(found) if problem not in told]
            told.update(found)
            if case is not None:
                yield case

    def case(self, mapping: MapNode) -> PolicyCase | None:
        problems = self.problems
        section = Section(mapping, problems, what="a case", known=CASE_KEYS)
        section.required("name", "say in a sentence what the case shows")
        expect_node = section.required("expect", f"say what should happen, or {NO_WRITE}")
        name, now = section.text("name"), _moment(section, problems) or self.now
        given = self.defaults | read_fields(section.mapping("given"), problems)
        roster = {**self.roster, **_roster(section.mapping("roster"), problems)}
        expect = None if expect_node is None else read_expectation(expect_node, problems)
        moved, mail = section.get("moved"), section.mapping("mail")
        answers = read_answers(section.mapping(ANSWERS))
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
            moved={} if moved is None else _moved(moved, problems),
            mail=None if mail is None else read_found_mail(mail, problems),
            match=read_matches(section),
            answers=answers,
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
        expect = None if expect_node is None else read_expectation(expect_node, problems)
        given = read_fields(inner.mapping("given"), problems)
        if after is None or expect is None:
            continue
        if found and after <= found[-1].after:
            problems.add(mapping, "wrong_order", "'after' counts from 'now' and must grow")
        kinds = (_kind(each, problems) for each in inner.items("activity"))
        found.append(
            Later(
                after=after,
                given=given,
                activity=frozenset(kind for kind in kinds if kind is not None),
                roster=tuple(_later_roster(inner.mapping("roster"), problems).values()),
                reply=inner.text("reply"),
                expect=expect,
                place=mapping.place,
            )
        )
    return tuple(found)


def _kind(node: Node, problems: Problems) -> ContactKind | None:
    word = text_in(node, problems, what="'activity'")
    if word is None or word in set(ContactKind):
        return None if word is None else ContactKind(word)
    mend = did_you_mean(word, [str(kind) for kind in ContactKind])
    problems.add(node, "unknown_name", f"no activity is called {word!r}", mend)
    return None


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


def _roster(node: MapNode | None, problems: Problems) -> dict[str, RosterChange]:
    found: dict[str, RosterChange] = {}
    for username, (key, value) in node.entries.items() if node else ():
        mapping = mapping_in(value, problems, what=f"{username!r}")
        if mapping is None:
            continue
        section = Section(mapping, problems, what="a person of the roster", known=ROSTER_KEYS)
        active, away, open_work, load, given = (section.get(name) for name in ROSTER_KEYS)
        found[username.casefold()] = RosterChange(
            username=username,
            active=None if active is None else flag_in(active, problems, what="'active'"),
            away=None if away is None else flag_in(away, problems, what="'away'"),
            open_work=None if open_work is None else _count(open_work, problems, "open_work"),
            load=None if load is None else _load(load, problems),
            given_last=() if given is None else _given_last(given, problems),
            place=key.place,
        )
    return found


def _later_roster(node: MapNode | None, problems: Problems) -> dict[str, RosterChange]:
    """Who goes away, leaves or comes back; what they hold besides is not followed."""
    found: dict[str, RosterChange] = {}
    for username, (key, value) in node.entries.items() if node else ():
        mapping = mapping_in(value, problems, what=f"{username!r}")
        if mapping is None:
            continue
        what = "a person of a later roster"
        section = Section(mapping, problems, what=what, known=LATER_ROSTER_KEYS)
        active, away = (section.get(name) for name in LATER_ROSTER_KEYS)
        found[username.casefold()] = RosterChange(
            username=username,
            active=None if active is None else flag_in(active, problems, what="'active'"),
            away=None if away is None else flag_in(away, problems, what="'away'"),
            place=key.place,
        )
    return found


def _given_last(node: Node, problems: Problems) -> tuple[timedelta, ...]:
    """``[5m, 20m]``, or ``{times: 6, ago: 10m}``."""
    if isinstance(node, ListNode):
        found = (duration_in(item, problems, what="'given_last'") for item in node.items)
        return tuple(ago for ago in found if ago is not None)
    mapping = mapping_in(node, problems, what="'given_last'")
    if mapping is None:
        return ()
    section = Section(mapping, problems, what="'given_last'", known=GIVEN_KEYS)
    times, ago = (section.required(key, "write {times: 6, ago: 10m}") for key in GIVEN_KEYS)
    number = None if times is None else _count(times, problems, "times")
    length = None if ago is None else duration_in(ago, problems, what="'ago'")
    return () if number is None or length is None else (length,) * number


def _load(node: Node, problems: Problems) -> float | None:
    found = number_in(node, problems, what="'load'")
    if found is not None and found < 0:
        problems.add(node, "wrong_type", "'load' is a number from 0 on")
        return None
    return found


def _moved(node: Node, problems: Problems) -> dict[str, int]:
    """A number for the policy's fuse, or numbers by programme for theirs."""
    given = {"": node}
    if isinstance(node, MapNode):
        given = {name: value for name, (_, value) in node.entries.items()}
    counts = {name: _count(each, problems, "moved") for name, each in given.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _count(node: Node, problems: Problems, key: str) -> int | None:
    found = number_in(node, problems, what=f"'{key}'")
    if found is None or (isinstance(found, int) and found >= 0):
        return int(found) if found is not None else None
    problems.add(node, "wrong_type", f"'{key}' is a whole number from 0 on")
    return None
