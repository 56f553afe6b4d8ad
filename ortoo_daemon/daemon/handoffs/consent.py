"""May a record leave for its rooftop? Asked when it is sent, of the record as it stands then."""

from datetime import datetime

from ortoo_daemon.action.stamps import ROOFTOP
from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, RecordId
from ortoo_daemon.scope import RecordScope


def has_consent(record: Record, policy: Policy, directory: Directory, now: datetime) -> bool:
    """By the policy that hands it over; where that asks for none, always."""
    rule = policy.handoff
    if rule is None or rule.consent is None:
        return True
    return rule.consent.holds(scope_of(record, policy, directory, now))


def scope_of(record: Record, policy: Policy, directory: Directory, now: datetime) -> RecordScope:
    """What names mean for the record, at the rooftop that it belongs to."""
    scope = RecordScope(record, now=now, zone=policy.zone)
    scope.asked_by(policy, directory)
    scope.rooftop = directory.rooftops.get(RecordId(record.text(ROOFTOP)))
    return scope
