"""What is doubtful or wrong in policies that parse? One rule a module; its docstring is its manual.

A rule is a module with ``ID`` and ``check(subject)``, entered in RULES by hand. Rules look at the
parsed policies and, where it is known, at the org's description; none reads a file or a clock.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint import (
    negation_of_empty,
    never_matches,
    no_owner,
    type_mismatch,
    unbound_signal,
    unknown_field,
    unknown_person,
    unknown_queue,
    unknown_value,
    unused_definition,
    unused_file,
)
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.model import PolicySet

_MODULES = (
    unknown_field,
    unknown_queue,
    unknown_person,
    unknown_value,
    type_mismatch,
    no_owner,
    never_matches,
    negation_of_empty,
    unbound_signal,
    unused_definition,
    unused_file,
)

RULES: Mapping[str, Callable[[Subject], Iterator[Problem]]] = {
    module.ID: module.check for module in _MODULES
}
"""Every rule by the id that stands in brackets behind its problems."""

MANUAL: Mapping[str, str] = {module.ID: module.__doc__ or "" for module in _MODULES}


def lint(
    policies: PolicySet,
    description: OrgDescription | None = None,
    *,
    usernames: Collection[str] | None = None,
) -> list[Problem]:
    """Everything the rules find, in file order. Raises nothing.

    Rules that need the org say nothing without ``description`` (fields, queues) or ``usernames``
    (login names of active users).
    """
    subject = Subject(policies=policies, description=description, usernames=usernames)
    return sorted(problem for check in RULES.values() for problem in check(subject))
