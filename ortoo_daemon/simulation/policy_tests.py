"""Do the policies do what the tests beside them say? Runs every case through `flow.decide`.

A case is one record as it was just created, at the case's moment, with the saved directory as its
case changes it; later moments of a case follow on what was written. All policies take part, as they do
in the daemon: a case also fails when another policy gets hold of the record first. Earlier owners are
unknown to a case, and so are other records of the customer and answers of services, save those it gives.
Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ortoo_daemon.action.replies import fields_of, understood
from ortoo_daemon.audit.explain import Node, Style, explain
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.facts import Answer, Facts, Moved, Question, Tally, Workload
from ortoo_daemon.ownership.rates import tallies_of
from ortoo_daemon.person import Person
from ortoo_daemon.policy.cases import PolicyCase, PolicyTests
from ortoo_daemon.policy.literals import written_duration
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.simulation.deciding import made_up, settled
from ortoo_daemon.simulation.expectations import differences
from ortoo_daemon.simulation.given_answers import given_answers
from ortoo_daemon.simulation.given_matches import given_matches
from ortoo_daemon.simulation.later import Life
from ortoo_daemon.simulation.turnout import all_there, turned_out


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case: what it wanted and did not get (nothing: it passed), and the decision it got."""

    policy: str
    case: PolicyCase
    missed: tuple[str, ...] = ()
    decision: Decision | None = None
    later: tuple[Decision, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.missed

    def node(self) -> Node:
        """The record, what was expected, what came out, and the whole way there."""
        given = ", ".join(f"{name}: {value}" for name, value in self.case.given.items())
        children = [Node(text=f"given {given or 'an empty record'}")]
        children += [Node(text=line, style=Style.FAILED) for line in self.missed]
        if self.decision is not None:
            children.append(explain(self.decision))
        children += [explain(decision) for decision in self.later]
        text = f"{self.policy}: {self.case.name} ({self.case.place})"
        return Node(text=text, style=Style.HEAD, children=tuple(children))


@dataclass(frozen=True, slots=True, kw_only=True)
class TestsReport:
    """All results in file order, and (policy, rule, place) of rules that no case reaches."""

    __test__ = False

    results: tuple[CaseResult, ...]
    unreached: tuple[tuple[str, str, Place], ...]
    problems: tuple[Problem, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        return not self.problems

    @property
    def reached(self) -> frozenset[tuple[str, str]]:
        """(policy, rule) of rules that some case reaches."""
        return frozenset(_reached(self.results))


def run_tests(
    policies: PolicySet,
    tests: Iterable[PolicyTests],
    directory: Directory,
    *,
    postal: PostalIndex | None = None,
) -> TestsReport:
    """Run every case. ``problems`` holds one located problem per failed case or unknown policy.

    Nobody is away but whom a case sends away: so a policy passes on every day of the year.
    """
    directory = all_there(directory)
    found = {policy.name: policy for policy in policies.policies}
    results: list[CaseResult] = []
    problems: list[Problem] = []
    for file in tests:
        policy = found.get(file.policy)
        if policy is None:
            problems.append(_unknown(file, found))
            continue
        bench = _Bench(policies, policy, directory, postal or PostalIndex.empty())
        results += [bench.run(case) for case in file.cases]
    problems += [_failure(result) for result in results if not result.passed]
    return TestsReport(
        results=tuple(results),
        unreached=tuple(_unreached(policies.policies, results)),
        problems=tuple(problems),
    )


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all cases of one file share."""

    policies: PolicySet
    policy: Policy
    directory: Directory
    postal: PostalIndex

    def run(self, case: PolicyCase) -> CaseResult:
        roster, strangers = turned_out(self.directory, case.roster)
        matches, unknown = given_matches(case, roster)
        answer, odd = given_answers(case, self.policy, matches)
        strangers = (*strangers, *unknown, *odd)
        facts, decision = settled(
            self.policies, self._facts(case, roster), case.mail, answer=answer
        )
        if decision is None:
            missed = ("the decision asks for facts that a case can't give",)
            return CaseResult(policy=self.policy.name, case=case, missed=missed)
        found = differences(self.policy, case.expect, decision, roster, given=case.given)
        later, missed_later = self._later(case, facts, decision, answer)
        return CaseResult(
            policy=self.policy.name,
            case=case,
            missed=(*strangers, *found, *missed_later),
            decision=decision,
            later=later,
        )

    def _later(
        self,
        case: PolicyCase,
        facts: Facts,
        first: Decision,
        answer: Callable[[Question], Answer],
    ) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
        """What happened at the later moments, and what of it was not expected."""
        life = Life(self.policies, facts, first, answer=answer)
        decisions: list[Decision] = []
        missed: list[str] = []
        for later in case.then:
            given = life.record.fields
            moment = case.now + later.after
            if later.reply is not None and not _knows_replies(self.policy):
                missed.append("a dealer replies, but the policy has no handoff with replies")
            set_by_reply = _replied(self.policy, later.reply)
            decision = life.until(
                moment,
                {**later.given, **set_by_reply},
                activity=later.activity,
                roster=later.roster,
            )
            found: tuple[str, ...] = ()
            if decision is not None:
                decisions.append(decision)
                found = differences(
                    self.policy, later.expect, decision, life.directory, given=given
                )
            elif not later.expect.no_write:
                found = ("expected a write, nothing happened",)
            after = written_duration(later.after)
            missed += [f"after {after}: {difference}" for difference in found]
        return tuple(decisions), (*life.strangers, *missed)

    def _facts(self, case: PolicyCase, roster: Directory) -> Facts:
        facts = made_up(self.policy, case.given, now=case.now, directory=roster, postal=self.postal)
        return replace(facts, workload=_workload(self.policy, case, roster))


def _knows_replies(policy: Policy) -> bool:
    return policy.handoff is not None and bool(policy.handoff.replies)


def _replied(policy: Policy, said: str | None) -> Mapping[str, FieldValue]:
    """What the dealer's answer sets; nothing where nobody understands it."""
    rule = policy.handoff
    reply = understood(said, rule.replies) if said is not None and rule is not None else None
    return {} if reply is None or said is None else fields_of(reply, said)


def _workload(policy: Policy, case: PolicyCase, roster: Directory) -> Workload:
    people = roster.people_by_username
    open_work = {
        people[change.username.casefold()].id: change.open_work
        for change in case.roster
        if change.open_work is not None and change.username.casefold() in people
    }
    given: dict[Tally, list[int]] = {}
    load: dict[RecordId, float] = {}
    for change in case.roster:
        person = people.get(change.username.casefold())
        if person is not None:
            if change.load is not None:
                load[person.id] = change.load
            for tally in _tallies(policy, person):
                moments = given.setdefault(tally, [])
                moments += (int((case.now - ago).timestamp()) for ago in change.given_last)
    return Workload(
        open_work=open_work,
        given={tally: sorted(moments) for tally, moments in given.items()},
        load=load,
        moved={
            fuse.of: Moved(had=case.moved.get(fuse.of.removeprefix(policy.name).lstrip("/"), 0))
            for fuse in policy.fuses()
        },
    )


def _tallies(policy: Policy, person: Person) -> tuple[Tally, ...]:
    """Of a record that met every condition and came to the person at their rooftop."""
    return tallies_of(
        policy,
        person=person.id,
        role=person.role,
        rooftop=person.rooftop,
        tags=policy.tags,
        goes_on=False,
    )


def _unreached(
    policies: Iterable[Policy], results: Iterable[CaseResult]
) -> Iterator[tuple[str, str, Place]]:
    reached = set(_reached(results))
    for policy in policies:
        for rule in _all_rules(policy.rules):
            if (policy.name, rule.name) not in reached:
                yield policy.name, rule.name, rule.place


def _reached(results: Iterable[CaseResult]) -> Iterator[tuple[str, str]]:
    for result in results:
        decision = result.decision
        if decision is not None and decision.policy is not None and decision.rule is not None:
            yield decision.policy, decision.rule


def _all_rules(rules: Iterable[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        yield from _all_rules(rule.rules)


def _failure(result: CaseResult) -> Problem:
    message = f"case {result.case.name!r}: {'; '.join(result.missed)}"
    mend = "mend the policy or the expectation"
    return Problem(place=result.case.place, rule="policy-test", message=message, mend=mend)


def _unknown(file: PolicyTests, found: Mapping[str, Policy]) -> Problem:
    message = f"tests of a policy {file.policy!r} that does not exist"
    mend = f"known are {', '.join(sorted(found))}" if found else "there is no policy at all"
    return Problem(place=file.place, rule="policy-test", message=message, mend=mend)
