"""What does the daemon say of a person's assignment outside the boundaries, and when does it look again?"""

from dataclasses import replace

import structlog

from ortoo_daemon.action.stamps import OWNER
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.decision import FOLLOW_UPS, Decision, Outcome, ReasonCode
from ortoo_daemon.records import WorkItem

_log = structlog.get_logger("ortoo_daemon.records")


def may_be_outside(item: WorkItem, decision: Decision, policies: Policies) -> bool:
    """Whether a person's change of owner has only brought a clock's step about so far."""
    if decision.outcome not in FOLLOW_UPS or OWNER not in item.changed_fields:
        return False
    policy = policies.named(decision.policy)
    return policy is not None and policy.boundaries is not None


def told_before(decision: Decision) -> Decision:
    """What is left to do of a report that stands in the org: nothing."""
    return replace(
        decision,
        outcome=Outcome.NOTHING,
        reason=ReasonCode.ALREADY_DECIDED,
        notices=(),
        overstepped=(),
    )


def tell_of_boundaries(decision: Decision) -> None:
    """One line for an assignment that is reported."""
    if not decision.overstepped:
        return
    _log.warning(
        "boundary.overstepped",
        object=decision.object,
        record=decision.record_id,
        policy=decision.policy,
        boundaries=list(decision.overstepped),
        owner=decision.seen_owner,
        told=len(decision.notices),
    )
