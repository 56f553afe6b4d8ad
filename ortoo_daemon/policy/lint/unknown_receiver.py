"""A policy shares records with nobody that the org has, or records of which the org keeps no sharing.

Public groups and queues are named by DeveloperName; of a queue its members are meant, as the platform shares
with no queue. A user who is not on the roster is only hinted at: when records come, they are looked for among
all users. The org keeps sharing rows of an object (LeadShare) only while its default access leaves something
to be shared.

PASS (the group and LeadShare are there)::

    action: {share: {with: {group: Launch_Partners}, access: read}}

    when: {Utm_Campaign__c: launch}

FAIL::

    action: {share: {with: {group: Launch_Partner}}}
    → the org has no public group 'Launch_Partner' (did you mean Launch_Partners?)

FAIL (a queue is no public group)::

    action: {share: {with: {group: Fleet_Desk}}}
    → the org has no public group 'Fleet_Desk' (it is a queue: for its members write with:
    … {queue: Fleet_Desk})

FAIL::

    action: {share: {with: {queue: Fleet_Desks}}}
    → the org has no queue 'Fleet_Desks' (did you mean Fleet_Desk?)

FAIL::

    action: {share: {with: Launch_Partners}}
    → 'Launch_Partners' is no id of a user or public group (write with: {group: Launch_Partners} or {user: …})

FAIL (the user is nobody of the roster)::

    action: {share: {with: {user: ana.lopes@example.com}}}
    → nobody of the roster has the username 'ana.lopes@example.com' (did you mean
    … ana.lopez@example.com? A user beside the roster is found when records come)

FAIL (an org without CaseShare)::

    object: Case

    action: {share: {with: {group: Launch_Partners}}}
    → the org has no CaseShare: Case records can't be shared there (set the default access of Case to Private
    … or Public Read Only in Setup, then save the org anew)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.naming import did_you_mean, nearest
from ortoo_daemon.policy.share_model import ShareRule, is_receiver, share_object

ID = "unknown_receiver"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    for policy in subject.policies.policies:
        if not policy.share:
            continue
        kept_in = share_object(policy.object)
        if org is not None and org.groups is not None and kept_in not in org.objects:
            name = policy.object
            yield Problem(
                place=policy.share[0].place,
                rule=ID,
                message=f"the org has no {kept_in}: {name} records can't be shared there",
                mend=f"set the default access of {name} to Private or Public Read Only in Setup, then save"
                " the org anew",
            )
        for rule in policy.share:
            yield from _constant(rule)
            if org is not None:
                yield from _group(rule, org)
            if subject.directory is not None:
                yield from _user(rule, subject.directory)


def _constant(rule: ShareRule) -> Iterator[Problem]:
    if not isinstance(rule.to, Constant):
        return
    text = str(rule.to.value or "")
    if not is_receiver(text):
        message = f"{text!r} is no id of a user or public group"
        mend = f"write with: {{group: {text}}} or {{user: …}}"
        yield Problem(place=rule.place, rule=ID, message=message, mend=mend)


def _group(rule: ShareRule, org: OrgDescription) -> Iterator[Problem]:
    queues = {name.casefold(): name for name in org.queues}
    if rule.queue is not None and rule.queue.casefold() not in queues:
        message = f"the org has no queue {rule.queue!r}"
        mend = did_you_mean(rule.queue, org.queues)
        yield Problem(place=rule.place, rule=ID, message=message, mend=mend)
    if rule.group is None or org.groups is None:
        return
    if rule.group.casefold() not in {name.casefold() for name in org.groups}:
        message = f"the org has no public group {rule.group!r}"
        mend = did_you_mean(rule.group, org.groups)
        if (queue := queues.get(rule.group.casefold())) is not None:
            mend = f"it is a queue: for its members write with: {{queue: {queue}}}"
        yield Problem(place=rule.place, rule=ID, message=message, mend=mend)


def _user(rule: ShareRule, directory: Directory) -> Iterator[Problem]:
    known = directory.people_by_username
    if rule.user is None or rule.user.strip().casefold() in known:
        return
    near = nearest(rule.user, known)
    beside = "a user beside the roster is found when records come"
    yield Problem(
        place=rule.place,
        rule=ID,
        message=f"nobody of the roster has the username {rule.user!r}",
        mend=f"did you mean {near}? A{beside[1:]}" if near else beside,
        level=Level.HINT,
    )
