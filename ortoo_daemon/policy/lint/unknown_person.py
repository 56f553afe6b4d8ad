"""A policy gives records to a user that the org does not have.

Users are named by username, compared without case. Asked only where the org's people are known.
Users whose records may be taken (`take_over`) are often integrations and not asked here.

PASS (the user exists)::

    assign: {user: ana.lopez@example.com}

FAIL::

    assign: {user: ana.lopes@example.com}
    → no active user has the username 'ana.lopes@example.com' (did you mean
    … ana.lopez@example.com?)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject, targets_of
from ortoo_daemon.policy.naming import nearest
from ortoo_daemon.policy.ownership_model import PersonTarget

ID = "unknown_person"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = False


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    known = {name for name, person in directory.people_by_username.items() if person.active}
    for policy in subject.policies.policies:
        for target in targets_of(policy):
            if isinstance(target, PersonTarget) and target.username.casefold() not in known:
                found = nearest(target.username, known)
                yield Problem(
                    place=target.place,
                    rule=ID,
                    message=f"no active user has the username {target.username!r}",
                    mend=f"did you mean {found}?" if found else "",
                )
