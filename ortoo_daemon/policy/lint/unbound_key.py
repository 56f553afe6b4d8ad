"""`find` looks by a field, or through an object, of which the directory file does not know the customer.

What a customer is known by stands under `customers` in the directory file, by object. A field under `on`
must be one of the `email`, `phone` or `number` of the policy's own object, a name must stand beside a
postal code there, and each object under `among` must be listed.

PASS (with customers: {Lead: {email: Email}, Contact: {email: Email}})::

    find: {duplicates: {on: [Email], among: [Contact], within: 60d}}

FAIL (with customers: {Lead: {email: Email}, Contact: {email: Email}})::

    find: {duplicates: {on: [Phone], among: [Contact], within: 60d}}
    → the directory file does not say that Phone tells a Lead's customer, so nothing is found by it (add
    … it to the email, phone or number under customers: {Lead: …})
"""

from collections.abc import Iterator, Mapping

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.model import Policy

ID = "unbound_key"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    sources = subject.policies.key_sources
    for policy in subject.policies.policies:
        if policy.find is not None:
            yield from _keys(policy, sources.get(policy.object) or KeySources())
            yield from _objects(policy, sources)


def _keys(policy: Policy, own: KeySources) -> Iterator[Problem]:
    find = policy.find
    assert find is not None
    known = {*own.email, *own.phone, own.number}
    for field in find.fields:
        if field not in known:
            message = (
                f"the directory file does not say that {field} tells a {policy.object}'s customer, "
                "so nothing is found by it"
            )
            mend = f"add it to the email, phone or number under customers: {{{policy.object}: …}}"
            yield Problem(place=find.place, rule=ID, message=message, mend=mend)
    if find.names and not own.has_names:
        message = (
            f"the directory file does not say what a {policy.object}'s customer is called and where"
        )
        mend = f"add last_name (or company) and postal_code under customers: {{{policy.object}: …}}"
        yield Problem(place=find.place, rule=ID, message=message, mend=mend)


def _objects(policy: Policy, sources: Mapping[str, KeySources]) -> Iterator[Problem]:
    for searched in policy.find.among if policy.find is not None else ():
        of = sources.get(searched.name)
        if of is not None and of.through:
            of = sources.get(of.through)
        if of is None:
            message = f"the directory file does not say by what the customer of a {searched.name} is known"
            mend = f"add {searched.name} under customers"
            yield Problem(place=searched.place, rule=ID, message=message, mend=mend)
