"""Something is named under `define` and nothing uses it: perhaps a name elsewhere is misspelt.

PASS::

    define: {lists: {premium: [Audi, BMW]}}
    # and in a rule: when: {Brand__c: {in: {list: premium}}}

FAIL (no rule names the list)::

    define: {lists: {premium: [Audi, BMW]}}
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Subject

ID = "unused_definition"


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
