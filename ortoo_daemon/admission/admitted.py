"""What may admission answer? The policy that takes the record, a step that is due, or why nothing is done."""

from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.action.sla_clocks import NO_CLOCKS, SlaStamp
from ortoo_daemon.clocks import Waiting
from ortoo_daemon.handling import DueStep
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.scope import RecordScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The policy that takes the record; ``key`` is the decision's, ``received_at`` the record's age.

    ``stamp`` is what the record says of its clocks and of who has had it. ``waited``: it comes from a wait
    for somebody with the wished skills; a person's requeue starts anew.
    """

    policy: Policy
    scope: RecordScope
    key: str
    received_at: datetime
    stamp: SlaStamp = NO_CLOCKS
    waited: Waiting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedStep:
    """A step that the clocks of a decided record, or its holder, ask for. ``policy`` stands in where its own
    is gone."""

    policy: Policy
    scope: RecordScope
    key: str
    received_at: datetime
    stamp: SlaStamp
    due: DueStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing is decided; LEFT_ALONE is stamped, NOTHING is not."""

    outcome: Outcome
    reason: ReasonCode
    key: str
    policy: Policy | None = None
