"""`prefer` names a wish that the directory file binds to no field: it never has an effect.

`customer_choice`, `known_dealer` and `in_stock` are bound under `signals` in the directory file;
`nearest` and `territory` need no binding.

PASS (with signals: {customer_choice: Preferred_Dealer__c})::

    rooftop: {brand: Brand__c, prefer: [customer_choice, nearest]}

FAIL (with no signals)::

    rooftop: {brand: Brand__c, prefer: [customer_choice, nearest]}
    → the wish 'customer_choice' is bound to no field and has no effect (add
    … signals: {customer_choice: Its_Field__c} to the directory file)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import rules_of

ID = "unbound_signal"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True

_SIGNALS = ("customer_choice", "known_dealer", "in_stock")


def check(subject: Subject) -> Iterator[Problem]:
    bound = subject.policies.signals
    for policy in subject.policies.policies:
        told: set[tuple[Place, str]] = set()
        for rule in rules_of(policy):
            rooftop = rule.assign.rooftop
            for wish in rooftop.prefer if rooftop else ():
                if rooftop is None or wish not in _SIGNALS or wish in bound:
                    continue
                if (rooftop.place, wish) in told:
                    continue
                told.add((rooftop.place, wish))
                yield Problem(
                    place=rooftop.place,
                    rule=ID,
                    message=f"the wish {wish!r} is bound to no field and has no effect",
                    mend=f"add signals: {{{wish}: Its_Field__c}} to the directory file",
                    level=Level.HINT,
                )
