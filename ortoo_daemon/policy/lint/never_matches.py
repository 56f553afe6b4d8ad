"""A rule can never match: its condition contradicts itself, or an earlier rule takes everything first.

Only what is certain is reported. Earlier rules are those beside it, one by one and together; conditions
of the rules around it, `enter` and `require` are taken into account, and so are `during` and the days of
programmes.

PASS::

    - {name: many, when: {FleetSize__c: {at_least: 50}}, assign: {queue: Big_Fleets}}
    - {name: some, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}

FAIL (the first rule takes what the second one would)::

    - {name: some, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}
    - {name: many, when: {FleetSize__c: {at_least: 50}}, assign: {queue: Big_Fleets}}
    → the rule 'many' can never match: 'some' (line 6) takes every record it could match (move it up, or
    … take it out)

FAIL (together the first two take every filled number)::

    - {name: some, when: {FleetSize__c: {below: 50}}, assign: {queue: Fleet_Desk}}
    - {name: many, when: {FleetSize__c: {at_least: 50}}, assign: {queue: Big_Fleets}}
    - {name: ten, when: {FleetSize__c: {between: [10, 90]}}, assign: {queue: Fleet_Desk}}
    → the rule 'ten' can never match: the rules before it, with 'enter' and 'require', leave no record
    … it could match (move it up, or take it out)
"""

from collections.abc import Iterator, Sequence
from datetime import date

from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.policy.coverage.diagrams import TooManyCombinations
from ortoo_daemon.policy.coverage.ends import unreached
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.territory_use import begins
from ortoo_daemon.policy.coverage.variables import Known
from ortoo_daemon.policy.lint.earlier import EarlierRules
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.logic import Alternative, alternatives, both, excludes_itself
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.policy.reach import rules_of

ID = "never_matches"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True

MOST_TOGETHER = 1_000
"""Rules of longer policies are held against those before them one by one only."""

_ANY_DAY = date(2000, 1, 1)


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        if policy.enter is not None:
            message = _contradiction(alternatives(policy.enter))
            if message is not None:
                text = f"'enter' lets no record in: {message}"
                yield Problem(place=policy.enter.place, rule=ID, message=text)
                continue
        found = list(_among(policy.rules, [()]))
        yield from found
        yield from _together(policy, {problem.place for problem in found})


def _together(policy: Policy, told: set[Place]) -> Iterator[Problem]:
    """Rules to which everything before them leaves nothing; not those within rules that are told."""
    if sum(1 for _ in rules_of(policy)) > MOST_TOGETHER:
        return
    within = {
        inner.place for rule in rules_of(policy) if rule.place in told for inner in _inner(rule)
    }
    known = Known(since=min(begins(policy), default=_ANY_DAY))
    try:
        found = unreached(Space(policy, [], known))
    except TooManyCombinations:
        return
    for rule in found:
        if rule.place not in told | within and not rule.is_off:
            why = "the rules before it, with 'enter' and 'require', leave no record it could match"
            yield _problem(rule, why, "move it up, or take it out")


def _inner(rule: Rule) -> Iterator[Rule]:
    for each in rule.rules:
        yield each
        yield from _inner(each)


def _among(rules: Sequence[Rule], around: list[Alternative] | None) -> Iterator[Problem]:
    """``around`` are the ways in which the rules around these match; None: too many to tell."""
    earlier = EarlierRules()
    for rule in rules:
        if rule.is_off:
            continue
        own = alternatives(rule.when)
        here = both(around, own)
        message = _contradiction(here)
        if message is not None:
            yield _problem(rule, message, "change one of them, or take the rule out")
            continue
        taken = None if here is None else earlier.that_take(here, rule.days)
        if taken:
            names = " and ".join(f"{each.path[-1]!r} (line {each.place.line})" for each in taken)
            takes = "takes" if len(taken) == 1 else "take"
            message = f"{names} {takes} every record it could match"
            yield _problem(rule, message, "move it up, or take it out")
            continue
        if own is not None:
            earlier.add(rule, own)
        yield from _among(rule.rules, here)


def _contradiction(found: list[Alternative] | None) -> str | None:
    """Why none of the alternatives can hold; None when one may."""
    if found is None:
        return None
    reasons = []
    for alternative in found:
        literals = excludes_itself(alternative)
        if not literals:
            return None
        reasons.append(" and ".join(literal.text for literal in literals))
    return f"{'; '.join(dict.fromkeys(reasons))} exclude each other" if reasons else None


def _problem(rule: Rule, why: str, mend: str) -> Problem:
    message = f"the rule {rule.name!r} can never match: {why}"
    return Problem(place=rule.place, rule=ID, message=message, mend=mend)
