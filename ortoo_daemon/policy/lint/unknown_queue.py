"""A policy gives records to a queue that the org does not have, or that may not hold the object.

Queues are named by DeveloperName. A queue holds only the objects listed in its settings; an owner
change to any other queue is refused by the org.

PASS::

    otherwise: {queue: Unrouted_Leads}

Some objects (Opportunity, Account) the platform lets no queue own at all: name a person.

FAIL::

    otherwise: {queue: Unrouted_Leeds}
    → the org has no queue 'Unrouted_Leeds' (did you mean Unrouted_Leads?)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject, targets_of
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.ownership_model import QueueTarget
from ortoo_daemon.policy.reach import notifies_of

ID = "unknown_queue"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = False


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        for target in targets_of(policy):
            if not isinstance(target, QueueTarget):
                continue
            if target.queue not in org.queues:
                yield Problem(
                    place=target.place,
                    rule=ID,
                    message=f"the org has no queue {target.queue!r}",
                    mend=did_you_mean(target.queue, org.queues),
                )
            elif policy.object not in org.queues[target.queue]:
                yield Problem(
                    place=target.place,
                    rule=ID,
                    message=f"the queue {target.queue!r} may not hold {policy.object} records",
                    mend=_how_to_hold(policy.object, org),
                )
        for entry in notifies_of(policy):
            if entry.queue is not None and entry.queue not in org.queues:
                yield Problem(
                    place=entry.place,
                    rule=ID,
                    message=f"'notify' names the queue {entry.queue!r}, which the org does not have",
                    mend=did_you_mean(entry.queue, org.queues),
                )
        for owner in policy.take_over:
            if "@" not in owner and owner not in org.queues:
                yield Problem(
                    place=policy.place,
                    rule=ID,
                    message=f"'take_over' names {owner!r}, which is no queue of the org",
                    mend=did_you_mean(owner, org.queues),
                )


def _how_to_hold(object_name: str, org: OrgDescription) -> str:
    owner = org.resolve(object_name, "OwnerId")
    if owner is not None and "Group" not in owner.refers_to:
        return f"no queue may own {object_name} records: name a person ({{user: …}})"
    return f"add {object_name} to its supported objects in Setup"
