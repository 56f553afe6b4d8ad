"""Something is named under `define` and nothing uses it: perhaps a name elsewhere is misspelt.

PASS::

    define: {lists: {premium: [Audi, BMW]}}

    when: {Brand__c: {in: {list: premium}}}

FAIL (no rule names the list)::

    define: {lists: {premium: [Audi, BMW]}}
    → nothing uses the list 'premium' (use it or take it out)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "unused_definition"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        for definition in policy.definitions:
            if not definition.used:
                yield Problem(
                    place=definition.place,
                    rule=ID,
                    message=f"nothing uses the {definition.kind} {definition.name!r}",
                    mend="use it or take it out",
                    level=Level.HINT,
                )
