"""A rule can never match: its condition contradicts itself, or an earlier rule takes everything first.

Only what is certain is reported. Earlier rules are those beside it; conditions of the rules around it
are taken into account, and so is `during`.

PASS::

    - {name: many, when: {FleetSize__c: {at_least: 50}}, assign: {queue: Big_Fleets}}
    - {name: some, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}

FAIL (the first rule takes what the second one would)::

    - {name: some, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}
    - {name: many, when: {FleetSize__c: {at_least: 50}}, assign: {queue: Big_Fleets}}
"""

from collections.abc import Iterator, Sequence

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.earlier import EarlierRules
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.logic import Alternative, alternatives, both, excludes_itself
from ortoo_daemon.policy.ownership_model import Rule

ID = "never_matches"


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        if policy.enter is not None:
            message = _contradiction(alternatives(policy.enter))
            if message is not None:
                text = f"'enter' lets no record in: {message}"
                yield Problem(place=policy.enter.place, rule=ID, message=text)
        yield from _among(policy.rules, [()])


def _among(rules: Sequence[Rule], around: list[Alternative] | None) -> Iterator[Problem]:
    """``around`` are the ways in which the rules around these match; None: too many to tell."""
    earlier = EarlierRules()
    for rule in rules:
        own = alternatives(rule.when)
        here = both(around, own)
        message = _contradiction(here)
        if message is not None:
            yield _problem(rule, message, "change one of them, or take the rule out")
            continue
        taken = None if here is None else earlier.that_take(here, rule.during)
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
