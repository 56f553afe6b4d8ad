"""Which rule takes the record? First match wins; inner rules are asked before the outer one's own answer."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.model import Rule
from ortoo_daemon.trace import RuleOutcome, RuleStep


def first_match(handling: Handling) -> Rule | None:
    """The rule whose assignment applies, None when no rule matches; every rule tried is traced."""
    zone = ZoneInfo(handling.policy.zone)
    today = handling.facts.now.astimezone(zone).date()
    steps = handling.trace.rules

    def walk(rules: Iterable[Rule]) -> Rule | None:
        for rule in rules:
            if rule.during is not None and not rule.during[0] <= today <= rule.during[1]:
                steps.append(_step(rule, RuleOutcome.NOT_DURING))
                continue
            failed = rule.when.failure(handling.scope) if rule.when is not None else None
            if failed is not None:
                steps.append(
                    RuleStep(
                        name=rule.name,
                        place=rule.place,
                        outcome=RuleOutcome.NOT_MATCHED,
                        failed=failed,
                    )
                )
                continue
            steps.append(_step(rule, RuleOutcome.MATCHED))
            return walk(rule.rules) or rule
        return None

    return walk(handling.policy.rules)


def nobody(handling: Handling, rule: Rule) -> None:
    """Note in the trace that a rule matched and found nobody."""
    handling.trace.rules.append(_step(rule, RuleOutcome.NOBODY))


def _step(rule: Rule, outcome: RuleOutcome) -> RuleStep:
    return RuleStep(name=rule.name, place=rule.place, outcome=outcome)
