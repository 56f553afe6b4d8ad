"""The field in which a return is said can't hold words.

Whoever holds a record gives it back by filling the field, and the daemon empties it: a text or a picklist.
A checkbox or a number is never empty.

PASS::

    action: {returns: {reason: Ortoo_Return_Reason__c, steps: [{reassign: {within: rooftop}}]}}

FAIL::

    action: {returns: {reason: IsConverted, steps: [{reassign: {within: rooftop}}]}}
    → 'returns' needs a text or picklist, and Lead.IsConverted is a boolean (name Ortoo_Return_Reason__c)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "return_reason"
NEEDS: tuple[Need, ...] = (Need.ORG,)
MAY_BE_ALLOWED = False

_WORDS = frozenset({"string", "picklist", "textarea", "multipicklist", "combobox"})


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    for policy in subject.policies.policies:
        returns = policy.returns
        if returns is None or org is None:
            continue
        described = org.resolve(policy.object, returns.reason)
        if described is not None and described.type not in _WORDS:
            yield Problem(
                place=returns.place,
                rule=ID,
                message=f"'returns' needs a text or picklist, and {policy.object}.{returns.reason} "
                f"is a {described.type}",
                mend="name Ortoo_Return_Reason__c",
            )
