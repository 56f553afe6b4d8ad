"""Does a person hold the record? People win: what one of them holds is left alone."""

from collections.abc import Iterable

from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    MODIFIED_AT,
    MODIFIED_BY,
    OWNER,
    POLICY,
    PRIOR_OWNER,
)
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Owner, OwnerKind, Record, RecordId, WorkReason


def may_be_taken(policy: Policy, facts: Facts) -> bool:
    """Whether nobody holds the record: people win, unless one of them put it back by hand."""
    owner_id = facts.record.text(OWNER)
    if not owner_id or facts.item.reason is WorkReason.REQUEUED:
        return True
    if Owner.kind_of(owner_id) is OwnerKind.QUEUE or owner_id in facts.intake_owners:
        return True
    if owner_id in (facts.record.text("CreatedById"), facts.record.text(ASSIGNED_OWNER)):
        return True
    if _was_parked_there(facts):
        return True
    return is_untouched(facts.record, facts.intake_owners) or _named(
        policy.take_over, owner_id, facts
    )


def _was_parked_there(facts: Facts) -> bool:
    """Whether a policy had taken the reviewed record from this owner, and nobody else has had it since."""
    reviewed = facts.item.reason is WorkReason.REVIEWED
    return reviewed and bool(facts.record.text(POLICY)) and is_where_it_was_parked(facts.record)


def is_where_it_was_parked(record: Record) -> bool:
    return record.text(OWNER) == record.text(PRIOR_OWNER)


def is_untouched(record: Record, intake_owners: frozenset[RecordId]) -> bool:
    """Whether nobody has changed the record since it was created, or only the daemon's user has.

    So the org's default owner, who is not the creator, is no person who took the record. A change by
    the creator counts as a person's: nothing tells a transfer from another edit. Of a decided record
    the last change tells nothing: the daemon's stamps may lie over a person's change of owner.
    """
    created_at, modified_at = instant(record.get("CreatedDate")), instant(record.get(MODIFIED_AT))
    if created_at is None or modified_at is None:
        return False
    by = record.text(MODIFIED_BY)
    if by in intake_owners:
        return not record.get(DECIDED_AT)
    return by == record.text("CreatedById") and modified_at <= created_at


def _named(names: Iterable[str], owner_id: str, facts: Facts) -> bool:
    by_username = facts.directory.people_by_username
    for name in names:
        person = by_username.get(name.strip().casefold())
        known = person.id if person else facts.usernames.get(name.strip().casefold())
        if owner_id in (name, known):
            return True
    return False
