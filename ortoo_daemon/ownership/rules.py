"""Which rule takes the record? First match wins; inner rules are asked before the outer one's own answer.

Of a short list every rule tried stands in the trace. Of a long one (`policy.rule_index`) these do: the first
ones, those that passed every simple test and failed on another, and the one that matched; the others are
counted. The rest of the "why not" follows from facts and policies: decide again with the whole trace.
"""

from collections.abc import Iterable

from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.policy.programme_days import ASKED, ProgrammeDays
from ortoo_daemon.policy.rule_index import RuleList
from ortoo_daemon.trace import FailedCondition, RuleOutcome, RuleStep

KIND = "rule"
NOT_LISTED = "not_listed"
MOST_LISTED = 20
"""Of a long list the first so many that did not match are traced, and as many that came close."""


def first_match(handling: Handling) -> Rule | None:
    """The rule whose assignment applies, None when no rule matches."""
    return _Search(handling).walk(handling.policy.rules)


def nobody(handling: Handling, rule: Rule) -> None:
    """Note in the trace that a rule matched and found nobody."""
    handling.trace.rules.append(_step(rule, RuleOutcome.NOBODY))


class _Search:
    """One record's way through the rules."""

    def __init__(self, handling: Handling) -> None:
        self.handling = handling
        self.steps = handling.trace.rules

    def walk(self, rules: tuple[Rule, ...]) -> Rule | None:
        """The first rule that holds, or the inner one that does; what was tried is traced."""
        if isinstance(rules, RuleList) and not self.handling.whole_trace:
            found = self._find(rules)
        else:
            found = self._try_each(rules)
        if found is None:
            return None
        self.steps.append(_step(found, RuleOutcome.MATCHED))
        return self.walk(found.rules) or found

    def _try_each(self, rules: Iterable[Rule]) -> Rule | None:
        for rule in rules:
            failed = self._failed(rule)
            if failed is None:
                return rule
            self.steps.append(failed)
        return None

    def _find(self, rules: RuleList) -> Rule | None:
        close: dict[int, RuleStep] = {}
        for index in rules.worth_asking(self.handling.scope):
            failed = self._failed(rules[index])
            if failed is None:
                self._list(rules, index, close)
                return rules[index]
            if len(close) < MOST_LISTED:
                close[index] = failed
        self._list(rules, len(rules), close)
        return None

    def _list(self, rules: RuleList, tried: int, close: dict[int, RuleStep]) -> None:
        """Trace the first rules and the close ones, in order; count the others that were tried."""
        first = min(tried, MOST_LISTED)
        for index in range(first):
            step = close.get(index) or self._failed(rules[index])
            if step is not None:
                self.steps.append(step)
        later = [step for index, step in close.items() if index >= first]
        self.steps += later
        left = tried - first - len(later)
        if left:
            self.handling.trace.count(KIND, NOT_LISTED, removed=left)

    def _failed(self, rule: Rule) -> RuleStep | None:
        """Why the rule does not hold; None when it does."""
        if rule.programme is not None:
            days = rule.programme.days
            if wanting := days.wanting(self.handling.today):
                return _not_running(rule, days, wanting)
        if rule.during is not None:
            first, last = rule.during
            if not first <= self.handling.today <= last:
                return _step(rule, RuleOutcome.NOT_DURING)
        failed = rule.when.failure(self.handling.scope) if rule.when is not None else None
        if failed is None:
            return None
        return RuleStep(rule.name, rule.place, RuleOutcome.NOT_MATCHED, failed)


def _not_running(rule: Rule, days: ProgrammeDays, wanting: str) -> RuleStep:
    failed = FailedCondition(
        place=days.place, text=f"programme {days.name}", field=ASKED, value=wanting
    )
    return RuleStep(
        name=rule.name, place=rule.place, outcome=RuleOutcome.NOT_RUNNING, failed=failed
    )


def _step(rule: Rule, outcome: RuleOutcome) -> RuleStep:
    return RuleStep(rule.name, rule.place, outcome)
