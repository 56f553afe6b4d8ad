"""A policy writes a field that the daemon's user may not write.

A hint: it costs the field, never the owner.

PASS::

    action: {set: {Email: ana@example.com}}

FAIL (the org lets nobody write CreatedDate)::

    policy: leads
    → the policy writes Lead.CreatedDate, which can't be written (give the daemon's user edit access, or
    … write another field)

    action: {set: {CreatedDate: "2026-11-23"}}
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import fields_written

ID = "read_only_field"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        described = org.objects.get(policy.object)
        for name in sorted(fields_written(policy)) if described is not None else ():
            field = described.fields.get(name) if described is not None else None
            if field is not None and not field.updateable:
                yield Problem(
                    place=policy.place,
                    rule=ID,
                    message=f"the policy writes {policy.object}.{name}, which can't be written",
                    mend="give the daemon's user edit access, or write another field",
                    level=Level.HINT,
                )
