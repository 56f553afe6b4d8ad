"""What must the daemon's user be allowed, by the policies, the directory file and the settings in use?

Each need with its reason. Fields are paths from an object (``Account.Region__c`` of a Lead); where they lead,
and whether access to them can be withheld at all, only the org knows (`permissions_compared`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ortoo_daemon.action.stamps import OWNER, ROOFTOP, SLA_TARGET_AT, read_of, stamps_of
from ortoo_daemon.audit import chain
from ortoo_daemon.audit import record as audit
from ortoo_daemon.callouts import CallKind
from ortoo_daemon.daemon.asking.reports import conditions, costs
from ortoo_daemon.daemon.handling import contacts
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.loading import load_posts, policy_revisions
from ortoo_daemon.daemon.mails import dealers, mailed_enquiries, rows
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.intake.mail_step import PARENT
from ortoo_daemon.mail_findings import SPLIT_KEY
from ortoo_daemon.policy.call_model import CallStep
from ortoo_daemon.policy.handoff_model import HandoffRule
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.notify_model import Notify, OrgWay
from ortoo_daemon.policy.reach import fields_read, fields_written, notifies_of
from ortoo_daemon.repeats import OWN_FIELDS
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.permissions import Right
from ortoo_daemon.salesforce.telling import TASK_FIELDS, TASK_KEY
from ortoo_daemon.services.notify.templates import DIGEST, Templates
from ortoo_daemon.sweeps import answers

_DAEMON = "the daemon itself"
_DIRECTORY = "the directory file"
_NOTICES = "notices"
_KEYS = frozenset({EMAIL_KEY, NAME_KEY, PHONE_KEY})

TRANSFERS = {"Lead": "TransferAnyLead", "Case": "TransferAnyCase"}
"""The user's right to change owners of an object; others are transferred by Modify All alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectNeed:
    object: str
    right: Right
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNeed:
    """``path`` starts at the object. What is written is read, too. ``optional``: used where it is there."""

    object: str
    path: str
    why: str
    edit: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNeed:
    right: str
    why: str


Need = ObjectNeed | FieldNeed | UserNeed


def needs_of(
    settings: Settings, policies: PolicySet, mapping: DirectoryMapping, templates: Templates
) -> Iterator[Need]:
    """Every need, most of them more than once, each time for another reason."""
    yield UserNeed(right="ApiEnabled", why="every call")
    known = Policies(policies)
    for name in sorted(known.objects):
        yield from _routed(name, known, mapping)
    yield from _directory(mapping)
    yield from _mails(policies, mapping)
    yield from _vehicles(policies)
    yield from _enquiries(policies)
    yield from _customers(policies, known)
    yield from _repeats(policies)
    yield from _campaigns(policies)
    yield from _events(policies)
    yield from _own_objects(archived=settings.audit.archive is not None)
    yield from _notices(policies, templates)
    yield from _contacts(policies)
    yield from _channels(settings)
    yield from _reports(settings)


def _routed(name: str, known: Policies, mapping: DirectoryMapping) -> Iterator[Need]:
    yield ObjectNeed(object=name, right=Right.READ, why="records are routed")
    yield ObjectNeed(object=name, right=Right.EDIT, why="owner and stamps are written")
    yield ObjectNeed(
        object=name, right=Right.VIEW_ALL, why="change events, and records whoever holds them"
    )
    yield ObjectNeed(
        object=name, right=Right.MODIFY_ALL, why="owners of records that others hold are changed"
    )
    if name in TRANSFERS:
        yield UserNeed(right=TRANSFERS[name], why=f"owners of {name} records are changed")
    yield from _reading(name, read_of(name) - {OWNER}, _DAEMON)
    yield from _writing(name, {OWNER, *stamps_of(name)}, _DAEMON)
    yield from _reading(name, mapping.workload.get(name, {}), _DIRECTORY)
    for policy in known.of(name):
        why = f"policy {policy.name}"
        steps = (step for step in policy.enrichment if isinstance(step, CallStep))
        if any(step.kind is CallKind.FLOW for step in steps):
            yield UserNeed(right="RunFlow", why=f"{why} starts flows")
        yield from _reading(name, fields_read(policy, known.policy_set.signals), why)
        yield from _writing(name, fields_written(policy), why)
        if policy.share:
            yield ObjectNeed(
                object=name, right=Right.MODIFY_ALL, why=f"records of {why} are shared"
            )
        if policy.handoff is not None:
            yield from _reading(
                name, policy.handoff.fields_sent(), f"handoff of policy {policy.name}"
            )
            yield from _replies(name, policy.handoff, f"replies to handoffs of {policy.name}")


def _replies(name: str, rule: HandoffRule, why: str) -> Iterator[Need]:
    """E-mails that answer, and what they set."""
    if rule.replies:
        yield from _reading("EmailMessage", {*rows.FIELDS, "Incoming", "CreatedDate"}, why)
        yield from _writing(name, {field for each in rule.replies for field in each.sets}, why)


def _directory(mapping: DirectoryMapping) -> Iterator[Need]:
    rooftops, people, absences = mapping.rooftops, mapping.people, mapping.absences
    for right in (Right.READ, Right.VIEW_ALL):
        yield ObjectNeed(object=rooftops.source, right=right, why="every rooftop is read")
    yield from _reading(rooftops.source, {*rooftops.api_names(), *rooftops.where}, _DIRECTORY)
    yield UserNeed(right="ViewAllUsers", why="the roster, and members of queues, are read")
    yield from _reading(people.source, {*people.api_names(), *people.where}, _DIRECTORY)
    if absences.calendar:
        yield from _reading(
            "Event", {"ShowAs", "OwnerId", "StartDateTime", "EndDateTime"}, "absences"
        )


def _mails(policies: PolicySet, mapping: DirectoryMapping) -> Iterator[Need]:
    """E-mails that policies read, who writes for which rooftop, and the records they are split into."""
    for policy in policies.policies:
        if policy.triage is None:
            continue
        why = f"e-mails of policy {policy.name}"
        yield from _reading("EmailMessage", {*rows.FIELDS, "Incoming", "CreatedDate"}, why)
        if policy.triage.reopen and policy.object == answers.OBJECT:
            yield from _reading(policy.object, set(answers.READ_OF_PARENT), why)
        for right in (Right.READ, Right.VIEW_ALL):
            yield ObjectNeed(object="Contact", right=right, why=why)
        yield from _reading("Contact", dealers.CONTACT_FIELDS, why)
        source = mapping.rooftops.source
        yield from _reading(source, dealers.ACCOUNT_FIELDS, why, optional=True)
        if policy.triage.split is not None:
            yield ObjectNeed(object=policy.object, right=Right.CREATE, why=why)
            yield from _writing(policy.object, {*policy.triage.split.copy, PARENT, SPLIT_KEY}, why)


def _vehicles(policies: PolicySet) -> Iterator[Need]:
    """Vehicles that policies look up by their VIN, and make."""
    for policy in policies.policies:
        step = policy.vehicle
        if step is None:
            continue
        why = f"vehicles of policy {policy.name}"
        for right in (Right.READ, Right.VIEW_ALL):
            yield ObjectNeed(object=step.object, right=right, why=why)
        yield from _reading(step.object, step.of_vehicle() | {"CreatedDate"}, why)
        if step.make is not None:
            for right in (Right.CREATE, Right.EDIT):
                yield ObjectNeed(object=step.object, right=right, why=why)
            yield from _writing(step.object, {step.by, *(name for name, _ in step.make)}, why)


def _enquiries(policies: PolicySet) -> Iterator[Need]:
    """Records of further prospects in an enquiry in ADF."""
    for policy in policies.policies:
        if policy.adf is not None and policy.adf.mails is not None:
            yield from _mailed(policy)
        if policy.adf is None or policy.adf.split is None:
            continue
        why = f"prospects of policy {policy.name}"
        yield ObjectNeed(object=policy.object, right=Right.CREATE, why=why)
        own = {*policy.adf.split.copy, policy.adf.own_field, SPLIT_KEY}
        yield from _writing(policy.object, own, why)


def _mailed(policy: Policy) -> Iterator[Need]:
    """E-mails and files of records; files have no rights of their own, but those of what they hang from."""
    why = f"documents in e-mails of policy {policy.name}"
    yield from _reading("EmailMessage", {*mailed_enquiries.MAIL_FIELDS, "Incoming"}, why)
    yield from _reading("EmailMessageRelation", mailed_enquiries.RELATION_FIELDS, why)


def _customers(policies: PolicySet, known: Policies) -> Iterator[Need]:
    """Keys of customers; on objects that are not routed `backfill` writes them."""
    for name, sources in sorted(policies.key_sources.items()):
        why = "keys of customers"
        yield ObjectNeed(object=name, right=Right.VIEW_ALL, why=why)
        if sources.key_fields():
            yield ObjectNeed(object=name, right=Right.EDIT, why=why)
        read = sources.fields().union(sources.described().values()) - _KEYS
        yield from _reading(name, read, why)
        yield from _writing(name, sources.fields() & _KEYS, why)


def _campaigns(policies: PolicySet) -> Iterator[Need]:
    """Members are made of campaigns that are looked up."""
    for policy in policies.policies:
        if policy.campaign is not None:
            why = f"campaigns of policy {policy.name}"
            yield ObjectNeed(object="Campaign", right=Right.READ, why=why)
            yield ObjectNeed(object="Campaign", right=Right.EDIT, why=why)
            yield from _reading("Campaign", {policy.campaign.by}, why)


def _events(policies: PolicySet) -> Iterator[Need]:
    """Platform events are published by creating them; access to their fields comes with it."""
    for policy in policies.policies:
        for rule in policy.publish:
            why = f"events of policy {policy.name}"
            yield ObjectNeed(object=rule.event, right=Right.CREATE, why=why)


def _repeats(policies: PolicySet) -> Iterator[Need]:
    """Earlier records of customers who ask again, and tasks on them."""
    for policy in policies.policies:
        for rule in policy.repeats:
            why = f"repeats of policy {policy.name}"
            for right in (Right.EDIT, Right.VIEW_ALL, Right.MODIFY_ALL):
                yield ObjectNeed(object=rule.object, right=right, why=why)
            yield from _writing(rule.object, {*OWN_FIELDS, *rule.known_fields()}, why)
            yield from _reading(rule.object, {OWNER}, why)
            if rule.attach is not None:
                yield UserNeed(right="EditTask", why=why)
                fields = {"Subject", "Description", "Status", "OwnerId", TASK_KEY}
                yield from _writing("Task", fields, why)


def _own_objects(*, archived: bool) -> Iterator[Need]:
    decisions = {*audit.LENGTHS, *audit.LOOKUPS.values(), *chain.ENVELOPE, chain.HASH}
    decisions |= {"API_Calls__c", audit.COUNTED, audit.ERASED_AT}
    decisions |= {audit.MODEL, audit.TOKENS, audit.COST}
    kept = (Right.CREATE, Right.EDIT, Right.VIEW_ALL)
    own: tuple[tuple[str, Iterable[str], tuple[Right, ...]], ...] = (
        (audit.OBJECT, decisions, (*kept, Right.DELETE) if archived else kept),
        (
            policy_revisions.OBJECT,
            policy_revisions.FIELDS,
            (Right.CREATE, Right.EDIT, Right.DELETE, Right.VIEW_ALL),
        ),
        (load_posts.OBJECT, load_posts.FIELDS, (Right.CREATE, Right.EDIT)),
    )
    for name, fields, rights in own:
        for right in rights:
            yield ObjectNeed(object=name, right=right, why="the daemon's own records, of any user")
        yield from _writing(name, fields, _DAEMON)


def _notices(policies: PolicySet, templates: Templates) -> Iterator[Need]:
    for policy in policies.policies:
        entries = list(notifies_of(policy))
        fields = set().union(*(templates.fields(each.template) for each in entries))
        if any(each.digest_for is not None for each in entries):
            fields |= templates.fields(DIGEST)
        if entries:
            why = f"{_NOTICES} of policy {policy.name}"
            yield from _reading(policy.object, {OWNER, ROOFTOP, SLA_TARGET_AT}, why)
            # One template may serve several objects: what an object lacks is empty in its words.
            yield from _reading(policy.object, fields, why, optional=True)
        yield from _ways(entries, policy)


def _ways(entries: Iterable[Notify], policy: Policy) -> Iterator[Need]:
    ways, why = {each.by for each in entries}, f"{_NOTICES} of policy {policy.name}"
    if OrgWay.SALESFORCE in ways:
        yield UserNeed(right="SendCustomNotifications", why=why)
    if OrgWay.TASK in ways:
        yield UserNeed(right="EditTask", why=why)
        yield from _writing("Task", TASK_FIELDS, why)


def _contacts(policies: PolicySet) -> Iterator[Need]:
    """Activities are looked at where a clock is stopped by some."""
    for policy in policies.policies:
        if any(clock.contacts for clock in policy.sla):
            for name, fields in contacts.fields_of(policy.object):
                yield from _reading(name, fields, f"clocks of policy {policy.name}")


def _channels(settings: Settings) -> Iterator[Need]:
    for channel in settings.events.channels:
        name = channel.channel.rpartition("/")[2]
        if channel.kind == "event" and name.endswith("__e"):
            yield ObjectNeed(object=name, right=Right.READ, why=f"channel {channel}")
            yield FieldNeed(object=name, path=channel.record_id, why=f"channel {channel}")
        if channel.kind == "topic":
            yield ObjectNeed(object="PushTopic", right=Right.READ, why=f"channel {channel}")


def _reports(settings: Settings) -> Iterator[Need]:
    """Reports do without what may not be read, and say so. Raises ConfigError."""
    for name in settings.report.objects:
        yield from _reading(name, conditions.fields_of(settings, name), "reports", optional=True)
        if name == "Lead":
            why = "costs in reports"
            for right in (Right.READ, Right.VIEW_ALL):
                yield ObjectNeed(object=costs.CAMPAIGNS, right=right, why=why)
            yield from _reading(costs.CAMPAIGNS, [costs.COST], why)


def _reading(
    name: str, paths: Iterable[str], why: str, *, optional: bool = False
) -> Iterator[FieldNeed]:
    for path in sorted(paths):
        yield FieldNeed(object=name, path=path, why=why, optional=optional)


def _writing(name: str, paths: Iterable[str], why: str) -> Iterator[FieldNeed]:
    yield from (FieldNeed(object=name, path=path, why=why, edit=True) for path in sorted(paths))
