"""What is doubtful or wrong in policies that parse? One rule a module; its docstring is its manual.

A rule is a module with ``ID``, ``NEEDS`` (what it must know beside the policies), ``MAY_BE_ALLOWED``
(whether a comment in the file may silence it, `allowances`) and ``check(subject)``, entered in _MODULES by
hand. Rules look at parsed values; none reads a file or a clock.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint import (
    campaign_id,
    clock_on_activity,
    during_over,
    idle_boundary,
    limit_out_of_reach,
    mapped_field,
    negation_of_empty,
    never_matches,
    no_owner,
    nobody_may_take,
    nobody_there,
    overlapping_policies,
    overlapping_territories,
    pattern_out_of_reach,
    programme_over,
    published_event,
    read_only_field,
    return_reason,
    territory_gap,
    territory_hole,
    type_mismatch,
    unbound_key,
    unbound_signal,
    unfit_field,
    unknown_country,
    unknown_field,
    unknown_hours,
    unknown_person,
    unknown_queue,
    unknown_receiver,
    unknown_role,
    unknown_rooftop,
    unknown_skill,
    unknown_value,
    unreachable_rooftop,
    unspoken_language,
    untested_rule,
    unused_definition,
    unused_file,
)
from ortoo_daemon.policy.lint.manual import Manual, manual_of
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.uncollected import no_garbage_collection

_MODULES = (
    unknown_field,
    unknown_queue,
    unknown_receiver,
    unknown_person,
    unknown_value,
    type_mismatch,
    pattern_out_of_reach,
    unfit_field,
    campaign_id,
    mapped_field,
    no_owner,
    clock_on_activity,
    never_matches,
    negation_of_empty,
    during_over,
    programme_over,
    published_event,
    overlapping_policies,
    unbound_key,
    unbound_signal,
    unused_definition,
    unused_file,
    untested_rule,
    read_only_field,
    return_reason,
    unknown_hours,
    unknown_country,
    unknown_rooftop,
    overlapping_territories,
    territory_gap,
    territory_hole,
    unreachable_rooftop,
    unknown_role,
    unknown_skill,
    unspoken_language,
    nobody_there,
    nobody_may_take,
    limit_out_of_reach,
    idle_boundary,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """``id`` stands in brackets behind a rule's problems."""

    id: str
    check: Callable[[Subject], Iterator[Problem]]
    needs: tuple[Need, ...]
    may_be_allowed: bool
    manual: Manual


RULES: Mapping[str, LintRule] = {
    module.ID: LintRule(
        id=module.ID,
        check=module.check,
        needs=module.NEEDS,
        may_be_allowed=module.MAY_BE_ALLOWED,
        manual=manual_of(module.__doc__),
    )
    for module in _MODULES
}
"""Every rule by its id."""


def asked(subject: Subject) -> list[LintRule]:
    """The rules for which enough is known."""
    return [rule for rule in RULES.values() if all(map(subject.knows, rule.needs))]


def lint(subject: Subject) -> list[Problem]:
    """Everything the rules find, in file order. Raises nothing."""
    with no_garbage_collection():
        return sorted(problem for rule in asked(subject) for problem in rule.check(subject))
